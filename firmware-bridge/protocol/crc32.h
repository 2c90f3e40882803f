/** The CRC-32 of zip and Ethernet: reflected polynomial 0xEDB88320, initial value and final xor 0xFFFFFFFF. */
#ifndef SPIKEWORD_CRC32_H
#define SPIKEWORD_CRC32_H

#include <stdint.h>

/** The CRC of no bytes, to start from. */
#define CRC32_EMPTY UINT32_C(0)

/** Returns the CRC of the bytes that `crc` covers followed by these bytes. */
uint32_t crc32_add(uint32_t crc, const uint8_t *bytes, uint32_t length);

#endif
