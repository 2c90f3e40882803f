/** Seeded random numbers: the same seed gives the same inputs. */
#ifndef FUZZ_DRAW_H
#define FUZZ_DRAW_H

#include <stdint.h>

static uint64_t draw_state = 1;

static inline uint32_t draw(void) {
  // splitmix64
  uint64_t z = (draw_state += UINT64_C(0x9e3779b97f4a7c15));
  z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
  return (uint32_t)(z >> 32);
}

/** 0 … below − 1. */
static inline uint32_t draw_below(uint32_t below) { return (uint32_t)((uint64_t)draw() * below >> 32); }

static inline int draw_one_in(uint32_t chances) { return draw_below(chances) == 0; }

/** Numbers at which programs go wrong, or any. */
static inline uint32_t draw_number(void) {
  static const uint32_t edges[] = {0,    1,     2,     3,     4,          7,          8,          15,        16,   31,
                                   32,   33,    255,   256,   320,        510,        511,        1000,      1020, 1024,
                                   4096, 16384, 65535, 65536, 0x7fffffff, 0x80000000, 0xfffffffc, UINT32_MAX};
  switch (draw_below(4)) {
    case 0:
      return draw();
    case 1:
      return draw_below(2048);
    default:
      return edges[draw_below(sizeof edges / sizeof *edges)] + (draw_one_in(8) ? draw_below(3) - 1 : 0);
  }
}

#endif
