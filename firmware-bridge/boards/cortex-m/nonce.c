#include "cortex-m.h"

#include "../shared/semihosting.h"

uint32_t boot_nonce(const volatile uint32_t *noise, uint32_t words) {
  uint32_t mixed = semihosting_clock() ^ (uint32_t)hal_ticks();
  for (uint32_t k = 0; k < words; k++) mixed = (mixed ^ noise[k]) * 0x01000193u;
  mixed ^= mixed >> 15;
  mixed *= 0x85ebca6bu;
  mixed ^= mixed >> 13;
  return mixed == 0 ? 1 : mixed;
}
