/**
 * Samples between the interrupt that records them and the program that takes them: one writer, one reader.
 *
 * When the ring is full, what comes is lost until the reader has emptied it. So the ring holds no gap, and the reader
 * learns of a gap when it has taken everything before it.
 */
#ifndef SPIKEWORD_MICROPHONE_RING_H
#define SPIKEWORD_MICROPHONE_RING_H

#include <stdbool.h>
#include <stdint.h>

/** Empties the ring and its count of lost samples. Called while nothing is recorded. */
void microphone_ring_clear(void);

/** Whether there is room for a sample: a source that can wait does so while there is none, and loses nothing. */
bool microphone_ring_room(void);

/** Called from the interrupt. */
void microphone_ring_put(int16_t sample);

/** Called from the interrupt instead of putting samples that were lost on their way. */
void microphone_ring_lose(uint32_t samples);

/* hal_microphone_take, hal_microphone_ready and hal_microphone_lost. */
bool microphone_ring_take(int16_t *samples, uint32_t count);
bool microphone_ring_ready(void);
uint32_t microphone_ring_lost(void);

#endif
