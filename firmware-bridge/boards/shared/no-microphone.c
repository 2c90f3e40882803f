/* For boards without a microphone: it is never switched on. */
#include "../../hal/hal.h"

bool hal_microphone(void) { return false; }

void hal_microphone_switch(bool on) { (void)on; }

bool hal_microphone_take(int16_t *samples, uint32_t count) {
  (void)samples;
  (void)count;
  return false;
}

bool hal_microphone_ready(void) { return false; }

uint32_t hal_microphone_lost(void) { return 0; }

void hal_detected(uint32_t class, uint32_t score) {
  (void)class;
  (void)score;
}
