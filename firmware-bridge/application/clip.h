/** The clip or stream that is being recognised. */
#ifndef SPIKEWORD_CLIP_H
#define SPIKEWORD_CLIP_H

#include <stdbool.h>

#include "../protocol/packet.h"

struct clip {
  enum source source;
  /** Shape of the model. */
  uint32_t frames, coefficients, timesteps, layers, classes;
  /** Of a stream, in frames. */
  uint32_t hop;
  /** Samples, or bytes of features, since CLIP. */
  uint32_t taken;
  uint32_t samples_crc;
  uint32_t frames_ready;
  /** Steps of the present inference that are done, layers + 1 at its end. */
  uint32_t steps;
  /** Of the inference. */
  uint64_t count, ticks;
  uint64_t front_end_count, front_end_ticks;
  uint32_t step_counts[MOST_STEPS + 1];
};

extern struct clip clip;

/** OK if a clip is there and the model is bound. */
struct outcome clip_ready(void);

/** Computes the next step; `steps` says which one it was. */
struct outcome clip_step(void);

/** Forgets the clip: the model changes, or flash does. */
void clip_forget(void);

/** Inferences since boot. */
uint32_t clip_inferences(void);

#endif
