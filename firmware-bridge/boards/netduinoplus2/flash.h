#ifndef SPIKEWORD_STM32_FLASH_H
#define SPIKEWORD_STM32_FLASH_H

/** Finds out where models live: in the chip's flash, or, emulated, in a file. */
void flash_start(void);

#endif
