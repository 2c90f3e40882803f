/** Checks answers without an error against protocol.md, and keeps the state that they establish. */
#ifndef FUZZ_ANSWERS_H
#define FUZZ_ANSWERS_H

#include <stdint.h>

#include "application/clip.h"

struct agreed {
  /** Bytes of the update: the length in BEGIN, and those written so far. */
  uint32_t update_length, update_written;
  enum source source;
  uint32_t hop;
  /** Shape of the model. */
  uint32_t frames, coefficients, timesteps, layers, classes;
  /** Samples, or bytes of features, since CLIP, and the frames that they complete. */
  uint32_t taken, frames_ready;
  /** The step that may come next. */
  uint32_t step;
  /** Results in streams, and answers that were cut to the limit of INSPECT. */
  uint32_t results, cut;
};

extern struct agreed agreed;

/** Forgets the state, because the board has restarted. */
void answers_forget(void);

/** Ends the program unless this is a valid answer to the request. Called once for each request that was done. */
void answers_check(uint32_t kind, const uint8_t *body, uint32_t length, const uint8_t *answer, uint32_t bytes);

#endif
