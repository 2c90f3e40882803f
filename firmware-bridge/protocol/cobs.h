/**
 * Consistent overhead byte stuffing (Cheshire and Baker, 1999): bytes without a zero among them. A block is its length
 * + 1 and then its bytes; behind each block but the last stands a zero in the content, except behind one of 254 bytes.
 */
#ifndef SPIKEWORD_COBS_H
#define SPIKEWORD_COBS_H

#include <stdbool.h>
#include <stdint.h>

/** Gives the stuffed form of `length` bytes to `put`, piece by piece. */
void cobs_encode(const uint8_t *bytes, uint32_t length, void (*put)(const uint8_t *piece, uint32_t length));

/** One stuffed run of bytes being taken apart; zeroed to begin with. */
struct cobs_decoder {
  /** Bytes of the present block that are still to come. */
  uint8_t left;
  /** A zero stands behind the present block, if another block follows. */
  bool zero_behind;
};

/**
 * Takes one stuffed byte, not 0, and writes the content that it stands for to `out`: room for one byte. Returns how
 * many were written, 0 or 1.
 */
uint32_t cobs_decode(struct cobs_decoder *decoder, uint8_t byte, uint8_t *out);

/** Whether the run may end here. */
bool cobs_complete(const struct cobs_decoder *decoder);

#endif
