/** A model file and its network in plain C, with the same integers as assembly/inference/network and no checks. */
#ifndef NATIVE_NETWORK_H
#define NATIVE_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

enum { NO_SHORTCUT = 0, IDENTITY = 1, PROJECTION = 2 };

/** A layer record of the model file. */
struct layer {
  uint16_t stage, block;
  uint16_t input_channels, input_frames, input_bands;
  uint16_t channels, frames, bands;
  uint8_t kernel_time, kernel_frequency, stride_time, stride_frequency;
  uint8_t shortcut, convolution, shortcut_stride_time, shortcut_stride_frequency;
  uint32_t threshold_rows, bias_offset, threshold_offset, weight_offset, shortcut_offset;
  int32_t current_min, current_max, membrane_min, membrane_max;
};
_Static_assert(sizeof(struct layer) == 60, "as in the model file");

/** The loaded model, and its buffers in RAM. */
struct network {
  const uint8_t *model;
  uint32_t frames, coefficients, timesteps, classes, layers;
  const int32_t *feature_mean, *feature_multiplier;
  const struct layer *records;
  const int8_t *classifier_weights;
  const int32_t *classifier_bias;

  int8_t *features;
  int32_t *scores;
  uint32_t *spike_counts, *operation_counts, *channel_counts;
  uint32_t *margins, *first_margins, *biases;
  int32_t *membranes, *currents;
  const uint8_t **rows;
  uint32_t *trains;
  uint32_t train_words;
};
extern struct network network;

static inline uint32_t padded_channels(uint32_t channels) { return (channels + 7) & ~7u; }

static inline uint32_t spike_words(uint32_t channels) { return (channels + 31) / 32; }

static inline uint32_t *train_of(uint32_t layer) { return network.trains + layer % 3 * network.train_words; }

static inline int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }

static inline int32_t greatest(int32_t a, int32_t b) { return a > b ? a : b; }

/** Lays out the buffers in `ram`; returns the bytes that they take, or 0 if that is more than `bytes`. */
uint32_t network_bind(const uint8_t *model, uint8_t *ram, uint32_t bytes);

/** Compute the currents of one position of the stem, and the whole stem. */
void stem_currents(const struct layer *layer, int32_t frame, int32_t band);
void stem_compute(void);

/** Computes layer `index` > 0 from its spikes. */
void layer_compute(uint32_t index);

/** Computes the scores and returns the class. */
uint32_t classify(void);

#endif
