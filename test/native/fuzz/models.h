/** Valid models, read from files, and damaged copies of them. */
#ifndef FUZZ_MODELS_H
#define FUZZ_MODELS_H

#include <stdint.h>

#define MOST_MODEL_BYTES 12288

/** Reads the model files named on the command line from `argv[first]` on. */
void models_read(int first, int argc, char **argv);

/** One of the valid models. */
uint32_t model_valid(uint8_t *to);

/** A damaged copy of one of them, at most MOST_MODEL_BYTES; in most, length and CRC are right. */
uint32_t model_damaged(uint8_t *to);

#endif
