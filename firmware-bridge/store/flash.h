/** Flash operations that check their result. */
#ifndef SPIKEWORD_STORE_FLASH_H
#define SPIKEWORD_STORE_FLASH_H

#include "../protocol/packet.h"

/** Erases the sectors of the `length` bytes from `address`, the first one first. FLASH_ERASE if one fails. */
struct outcome flash_erase(uint32_t address, uint32_t length);

/** Programs whole units and reads them back. FLASH_PROGRAM if they differ. */
struct outcome flash_program(uint32_t address, const uint8_t *bytes, uint32_t length);

/** Programs `length` bytes, at most LONGEST_UNIT, padded with 0xff to whole units. */
struct outcome flash_program_padded(uint32_t address, const uint8_t *bytes, uint32_t length);

/** Computes the CRC-32 of the content into `crc`. FLASH_READ if it cannot be read. */
struct outcome flash_crc(uint32_t address, uint32_t length, uint32_t *crc);

/** Operations since boot. */
uint32_t flash_erases(void);
uint32_t flash_programs(void);

#endif
