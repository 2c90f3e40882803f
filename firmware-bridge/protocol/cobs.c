#include "cobs.h"

#define LONGEST_BLOCK 254

void cobs_encode(const uint8_t *bytes, uint32_t length, void (*put)(const uint8_t *piece, uint32_t length)) {
  uint32_t at = 0;
  for (;;) {
    uint32_t block = 0;
    while (block < LONGEST_BLOCK && at + block < length && bytes[at + block] != 0) block++;
    const uint8_t code = (uint8_t)(block + 1);
    put(&code, 1);
    if (block > 0) put(bytes + at, block);
    at += block;
    if (at == length) return;
    if (block < LONGEST_BLOCK) at++; // the zero that ended the block
  }
}

uint32_t cobs_decode(struct cobs_decoder *decoder, uint8_t byte, uint8_t *out) {
  if (decoder->left > 0) {
    decoder->left--;
    *out = byte;
    return 1;
  }
  const bool zero = decoder->zero_behind;
  decoder->left = (uint8_t)(byte - 1);
  decoder->zero_behind = byte <= LONGEST_BLOCK;
  *out = 0;
  return zero ? 1 : 0;
}

bool cobs_complete(const struct cobs_decoder *decoder) { return decoder->left == 0; }
