/** What protocol.md says of an answer without an error, and what host and board have agreed on by such answers. */
#ifndef FUZZ_ANSWERS_H
#define FUZZ_ANSWERS_H

#include <stdint.h>

#include "application/clip.h"

struct agreed {
  /** Of the update, as BEGIN stated it, and written so far. */
  uint32_t update_length, update_written;
  enum source source;
  uint32_t hop;
  /** Shape of the model. */
  uint32_t frames, coefficients, timesteps, layers, classes;
  /** Samples, or bytes of features, since CLIP, and the frames that they make. */
  uint32_t taken, frames_ready;
  /** The step that may come next. */
  uint32_t step;
  /** Results in streams, and answers that were cut to the most that INSPECT gives. */
  uint32_t results, cut;
};

extern struct agreed agreed;

/** The board has started anew. */
void answers_forget(void);

/** Ends the program unless a request may have been answered in this way. Called once for each that was done. */
void answers_check(uint32_t kind, const uint8_t *body, uint32_t length, const uint8_t *answer, uint32_t bytes);

#endif
