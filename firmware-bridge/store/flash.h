/** Flash operations that look at what they did. */
#ifndef SPIKEWORD_STORE_FLASH_H
#define SPIKEWORD_STORE_FLASH_H

#include "../protocol/packet.h"

/** Erases the sectors that hold `length` bytes from `address`, the first one first. FLASH_ERASE if one does not. */
struct outcome flash_erase(uint32_t address, uint32_t length);

/** Programs whole units and compares. FLASH_PROGRAM if they read back as something else. */
struct outcome flash_program(uint32_t address, const uint8_t *bytes, uint32_t length);

/** Programs `length` bytes, at most LONGEST_UNIT, filled up with 0xff to whole units. */
struct outcome flash_program_padded(uint32_t address, const uint8_t *bytes, uint32_t length);

/** CRC-32 of what stands there, in `crc`. FLASH_READ if it cannot be read. */
struct outcome flash_crc(uint32_t address, uint32_t length, uint32_t *crc);

/** Operations since boot. */
uint32_t flash_erases(void);
uint32_t flash_programs(void);

#endif
