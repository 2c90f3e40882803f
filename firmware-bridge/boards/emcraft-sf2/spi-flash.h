#ifndef SPIKEWORD_SPI_FLASH_H
#define SPIKEWORD_SPI_FLASH_H

void spi_flash_start(void);

#endif
