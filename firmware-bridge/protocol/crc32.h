/** CRC-32 as in zip and Ethernet: reflected polynomial 0xEDB88320, initial value and final xor 0xFFFFFFFF. */
#ifndef SPIKEWORD_CRC32_H
#define SPIKEWORD_CRC32_H

#include <stdint.h>

/** The CRC of nothing, to begin with. */
#define CRC32_EMPTY UINT32_C(0)

/** The CRC of what `crc` covers and the bytes behind it. */
uint32_t crc32_add(uint32_t crc, const uint8_t *bytes, uint32_t length);

#endif
