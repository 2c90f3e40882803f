#include "microphone-ring.h"

/* 128 ms: a power of two, because the counts below wrap. */
#define RING_SAMPLES 2048u

static int16_t ring[RING_SAMPLES];
/* Both count up and never reset; their difference is the number of samples in the ring. Each has one writer. */
static volatile uint32_t written;
static volatile uint32_t taken;
/** Set by the writer when a sample finds no room, and cleared by the reader, for whom the ring is then empty. */
static volatile bool overflowed;
/** Samples that found no room, and those before the gap that were too few for a whole take. */
static volatile uint32_t refused;
static uint32_t dropped;
/** Of the last take; at first one sample, so that an empty ring is never ready. */
static uint32_t wanted = 1;

void microphone_ring_clear(void) {
  taken = written;
  overflowed = false;
  refused = 0;
  dropped = 0;
  wanted = 1;
}

bool microphone_ring_room(void) { return written - taken < RING_SAMPLES; }

void microphone_ring_lose(uint32_t samples) {
  overflowed = true;
  refused += samples;
}

void microphone_ring_put(int16_t sample) {
  if (overflowed || !microphone_ring_room()) {
    microphone_ring_lose(1);
    return;
  }
  ring[written % RING_SAMPLES] = sample;
  written++;
}

bool microphone_ring_ready(void) { return overflowed || written - taken >= wanted; }

bool microphone_ring_take(int16_t *samples, uint32_t count) {
  wanted = count;
  const uint32_t at = taken;
  if (written - at < count) {
    if (!overflowed) return false;
    /* the writer writes nothing before `overflowed` is false again */
    dropped += written - at;
    taken = written;
    overflowed = false;
    return false;
  }
  for (uint32_t k = 0; k < count; k++) samples[k] = ring[(at + k) % RING_SAMPLES];
  taken = at + count;
  return true;
}

uint32_t microphone_ring_lost(void) { return refused + dropped; }
