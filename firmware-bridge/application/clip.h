/** The clip or stream that is being recognised. */
#ifndef SPIKEWORD_CLIP_H
#define SPIKEWORD_CLIP_H

#include <stdbool.h>

#include "../protocol/packet.h"

struct clip {
  enum source source;
  /** Shape of the model. */
  uint32_t frames, coefficients, timesteps, layers, classes;
  /** Frames between the results of a stream. */
  uint32_t hop;
  /** Samples, or bytes of features, received since CLIP. */
  uint32_t taken;
  uint32_t samples_crc;
  uint32_t frames_ready;
  /** Steps of the current inference that are done; layers + 1 when it ends. */
  uint32_t steps;
  /** Work and time of the current inference. */
  uint64_t count, ticks;
  uint64_t front_end_count, front_end_ticks;
  uint32_t step_counts[MOST_STEPS + 1];
};

extern struct clip clip;

struct request;
struct answer;

/** CLIP: begins a clip or a stream of the computer. */
struct outcome clip_begin(const struct request *request, struct answer *answer);

/** OK if there is a clip and the model is bound. */
struct outcome clip_ready(void);

/** Computes the step with index `steps`, then raises `steps` by one. */
struct outcome clip_step(void);

/** Forgets the clip, because the model or the flash changes. */
void clip_forget(void);

#endif
