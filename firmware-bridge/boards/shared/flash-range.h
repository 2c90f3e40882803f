/** Checks that every flash driver makes before it does anything. */
#ifndef SPIKEWORD_FLASH_RANGE_H
#define SPIKEWORD_FLASH_RANGE_H

#include <stdbool.h>
#include <stdint.h>

/** Whether [address, address + length) is in the model area. */
bool flash_range_valid(uint32_t address, uint32_t length);

/** The same, and whether both are multiples of the unit of programming. */
bool flash_programmable(uint32_t address, uint32_t length);

/** Whether a sector of the model area begins at `address`. */
bool flash_erasable(uint32_t address);

#endif
