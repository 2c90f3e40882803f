#include "microphone.h"

#include <stdio.h>
#include <stdlib.h>

#include "../../hal/hal.h"
#include "../shared/microphone-ring.h"

static bool present;
static uint32_t rate;
static uint32_t stall_at, stall_count;
/** int16 little-endian, as this computer reads it. */
static int16_t *sound;
static size_t length, at;
static bool on;
/** hal_ticks when it was switched on, and the samples recorded since. */
static uint64_t since;
static uint64_t recorded;

void microphone_open(struct options options) {
  if (options.microphone == NULL) return;
  FILE *file = fopen(options.microphone, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
    perror(options.microphone);
    exit(1);
  }
  length = (size_t)ftell(file) / 2;
  sound = malloc(2 * length + 2);
  rewind(file);
  if (sound == NULL || fread(sound, 2, length, file) != length || fclose(file) != 0) {
    perror(options.microphone);
    exit(1);
  }
  present = true;
  rate = options.microphone_rate;
  stall_at = options.stall_at;
  stall_count = options.stall_count;
}

bool hal_microphone(void) { return present; }

void hal_microphone_switch(bool wanted) {
  microphone_ring_clear();
  on = wanted;
  since = hal_ticks();
  recorded = 0;
}

/** Records what is wanted, or what should have been recorded by now: the interrupt of other boards. */
static void record(void) {
  if (!on) return;
  const uint64_t due = (hal_ticks() - since) * rate / hal_ticks_per_second();
  for (; at < length && (rate == 0 ? !microphone_ring_ready() : recorded < due); recorded++) {
    microphone_ring_put(sound[at++]);
  }
  for (; at >= stall_at && at < length && stall_count > 0; stall_count--) microphone_ring_put(sound[at++]);
}

bool hal_microphone_take(int16_t *samples, uint32_t count) {
  /* when the sound waits for the board, nothing is left over from the last take, except after a stall */
  const bool stalled = microphone_ring_ready();
  record();
  if (microphone_ring_take(samples, count)) return true;
  if (rate != 0 || stalled) return false;
  record();
  return microphone_ring_take(samples, count);
}

bool hal_microphone_ready(void) {
  record();
  return microphone_ring_ready();
}

uint32_t hal_microphone_lost(void) { return microphone_ring_lost(); }

/** Nothing on a process lights up. */
void hal_detected(uint32_t class, uint32_t score) {
  (void)class;
  (void)score;
}
