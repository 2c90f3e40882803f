#ifndef SPIKEWORD_STM32_FLASH_H
#define SPIKEWORD_STM32_FLASH_H

/** Prepares the place of the models: the chip's flash, or a file under emulation. */
void flash_start(void);

#endif
