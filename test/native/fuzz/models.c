#include "models.h"

#include <string.h>

#include "check.h"
#include "draw.h"
#include "protocol/bytes.h"
#include "protocol/crc32.h"

#define MOST_MODELS 16

static struct {
  uint8_t bytes[MOST_MODEL_BYTES];
  uint32_t length;
} models[MOST_MODELS];
static uint32_t count;

void models_read(int first, int argc, char **argv) {
  for (int k = first; k < argc; k++) {
    FILE *file = fopen(argv[k], "rb");
    CHECK(file != NULL && count < MOST_MODELS);
    models[count].length = (uint32_t)fread(models[count].bytes, 1, MOST_MODEL_BYTES, file);
    CHECK(fgetc(file) == EOF && models[count].length > 92);
    fclose(file);
    count++;
  }
  CHECK(count > 0);
}

uint32_t model_valid(uint8_t *to) {
  const uint32_t k = draw_below(count);
  memcpy(to, models[k].bytes, models[k].length);
  return models[k].length;
}

/** Returns a place for a mutation, more often in the head of the file, which has the structure, than after it. */
static uint32_t place(uint32_t length) { return draw_below(draw_one_in(3) || length < 700 ? length : 700); }

static uint32_t hostile_word(uint32_t old, uint32_t length) {
  switch (draw_below(4)) {
    case 0:
      return draw_number();
    case 1:
      return old + 4 * (draw_below(5) - 2);
    case 2:
      return old ^ UINT32_C(1) << draw_below(32);
    default:
      return length + 4 * (draw_below(5) - 3);
  }
}

static uint32_t strike(uint8_t *bytes, uint32_t length) {
  uint32_t at = place(length);
  switch (draw_below(8)) {
    case 0:
      bytes[at] ^= (uint8_t)(1 << draw_below(8));
      break;
    case 1:
      bytes[at] = (uint8_t)draw_number();
      break;
    case 2:
    case 3:
      at = at < length - 4 ? at & ~UINT32_C(3) : 0;
      put_u32(bytes + at, hostile_word(get_u32(bytes + at), length));
      break;
    case 4:
      at = at < length - 4 ? at & ~UINT32_C(1) : 0;
      put_u16(bytes + at, hostile_word(get_u16(bytes + at), length));
      break;
    case 5:
      if (draw_one_in(2)) return 92 + draw_below(length - 91);
      if (length < MOST_MODEL_BYTES - 64) {
        memset(bytes + length, (int)draw_below(256), 64);
        return length + 4 * (1 + draw_below(16));
      }
      break;
    case 6: { // a piece of another model
      const uint32_t k = draw_below(count);
      uint32_t from = place(models[k].length) & ~UINT32_C(3);
      uint32_t bytes_taken = 1 + draw_below(120);
      at &= ~UINT32_C(3);
      if (bytes_taken > models[k].length - from) bytes_taken = models[k].length - from;
      if (bytes_taken > length - at) bytes_taken = length - at;
      memcpy(bytes + at, models[k].bytes + from, bytes_taken);
      break;
    }
    default: { // a piece put in, so that all behind it moves
      const uint32_t piece = 4 * (1 + draw_below(8));
      at &= ~UINT32_C(3);
      if (length + piece > MOST_MODEL_BYTES) break;
      memmove(bytes + at + piece, bytes + at, length - at);
      return length + piece;
    }
  }
  return length;
}

uint32_t model_damaged(uint8_t *to) {
  uint32_t length = model_valid(to);
  for (uint32_t n = 1 + draw_below(3); n > 0; n--) length = strike(to, length);
  if (!draw_one_in(10)) {
    put_u32(to + 8, length);
    put_u32(to + 12, crc32_add(CRC32_EMPTY, to + 16, length - 16));
  }
  return length;
}
