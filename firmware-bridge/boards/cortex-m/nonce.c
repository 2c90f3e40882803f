#include "cortex-m.h"

/** The nonce before a reset, or the random content of this word of RAM after power-on. */
static uint32_t previous __attribute__((section(".noinit")));

uint32_t boot_nonce(uint32_t clock, const volatile uint32_t *noise, uint32_t words) {
  uint32_t mixed = clock ^ (uint32_t)hal_ticks() ^ (previous + 1);
  for (uint32_t k = 0; k < words; k++) mixed = (mixed ^ noise[k]) * 0x01000193u;
  mixed ^= mixed >> 15;
  mixed *= 0x85ebca6bu;
  mixed ^= mixed >> 13;
  if (mixed == 0) mixed = 1;
  previous = mixed;
  return mixed;
}
