/**
 * Consistent overhead byte stuffing (Cheshire and Baker, 1999) turns any bytes into bytes without zeros. A block is its
 * length + 1, followed by its bytes. In the content a zero follows each block, except the last one and those of 254
 * bytes.
 */
#ifndef SPIKEWORD_COBS_H
#define SPIKEWORD_COBS_H

#include <stdbool.h>
#include <stdint.h>

/** Passes the stuffed form of `length` bytes to `put`, piece by piece. */
void cobs_encode(const uint8_t *bytes, uint32_t length, void (*put)(const uint8_t *piece, uint32_t length));

/** The state of decoding one stuffed run of bytes; all zeros at the start. */
struct cobs_decoder {
  /** Bytes of the current block that have not arrived yet. */
  uint8_t left;
  /** Whether a zero follows the current block in the content, if another block follows. */
  bool zero_behind;
};

/**
 * Takes one stuffed byte, which is not 0, and writes the content that it completes to `out`, which has room for one
 * byte. Returns how many bytes were written, 0 or 1.
 */
uint32_t cobs_decode(struct cobs_decoder *decoder, uint8_t byte, uint8_t *out);

/** Whether the run may end here. */
bool cobs_complete(const struct cobs_decoder *decoder);

#endif
