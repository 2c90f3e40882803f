/** Valid models, read from files, and damaged copies of them. */
#ifndef FUZZ_MODELS_H
#define FUZZ_MODELS_H

#include <stdint.h>

#define MOST_MODEL_BYTES 12288

/** Reads the model files named on the command line from `argv[first]` on. */
void models_read(int first, int argc, char **argv);

/** Copies one of the valid models; returns its length. */
uint32_t model_valid(uint8_t *to);

/**
 * Makes a damaged copy of one of them; returns its length, at most MOST_MODEL_BYTES. Most have a right length and CRC.
 */
uint32_t model_damaged(uint8_t *to);

#endif
