#include <string.h>

#include "network.h"

/* Lanes, margins and sums of rows as in convolution.ts and neuron.ts. */
#define EVEN 0x00ff00ffu
#define OFFSET 0x00800080u
#define SIGNS 0x80008000u
#define MOST_ROWS 256

static const struct layer *layer;
static uint32_t row_bytes, output_words;
/** Pairs in a row of biases, and thresholds in a row; 0 if all timesteps share one row. */
static uint32_t bias_step, threshold_step;
static const int32_t *thresholds;
static uint32_t signs;
static uint32_t spikes, operations;

static bool margins_fit(void) {
  int64_t lowest = INT32_MAX, highest = 0;
  for (uint32_t t = 0; t < layer->threshold_rows; t++) {
    for (uint32_t c = 0; c < layer->channels; c++) {
      const int32_t threshold = thresholds[t * threshold_step + c];
      if (threshold < lowest) lowest = threshold;
      if (threshold > highest) highest = threshold;
    }
  }
  return highest - 1 - layer->membrane_min <= INT16_MAX && lowest - 1 - layer->membrane_max >= INT16_MIN;
}

static uint32_t rest(uint32_t channel, uint32_t t) {
  return channel < layer->channels ? (uint32_t)thresholds[t * threshold_step + channel] - 1 : INT16_MAX;
}

static void take_neurons(void) {
  thresholds = (const int32_t *)(const void *)(network.model + layer->threshold_offset);
  threshold_step = layer->threshold_rows == 1 ? 0 : row_bytes;
  signs = margins_fit() ? SIGNS : 0;
  const uint32_t pairs = row_bytes / 2;
  bias_step = signs != 0 && threshold_step != 0 ? pairs : 0;
  const uint32_t *bias = (const uint32_t *)(const void *)(network.model + layer->bias_offset);
  for (uint32_t k = 0; k < pairs; k++) {
    network.biases[k] = bias[k];
    network.first_margins[k] = rest(2 * k, 0) + (rest(2 * k + 1, 0) << 16);
    for (uint32_t t = 1; bias_step != 0 && t < layer->threshold_rows; t++) {
      const uint32_t low = rest(2 * k, t) - rest(2 * k, t - 1);
      const uint32_t high = rest(2 * k + 1, t) - rest(2 * k + 1, t - 1);
      network.biases[t * bias_step + k] = bias[k] - low - (high << 16);
    }
  }
}

/** Lists the rows of the spikes of one cell; returns the end of the list. */
static const uint8_t **list_rows(const uint32_t *cell, uint32_t words, const uint8_t *row, const uint8_t **end) {
  const uint32_t stride = row_bytes;
  for (uint32_t word = 0; word < words; word++) {
    for (uint32_t bits = cell[word]; bits != 0; bits &= bits - 1) *end++ = row + (uint32_t)__builtin_ctz(bits) * stride;
    row += 32 * stride;
  }
  return end;
}

static void spike_group(uint32_t *margin, uint32_t column, uint32_t t, uint32_t *target) {
  const uint32_t *theta = (const uint32_t *)thresholds + t * threshold_step + column;
  uint32_t bits = 0;
  for (uint32_t k = 0; k < 4; k++) {
    if ((margin[k] & SIGNS) == 0) continue;
    const int32_t low = (int16_t)margin[k];
    if ((int32_t)(margin[k] - (uint32_t)low) < 0) {
      margin[k] += theta[2 * k + 1] << 16;
      bits |= 2u << 2 * k;
    }
    if (low < 0) {
      margin[k] += theta[2 * k];
      bits |= 1u << 2 * k;
    }
  }
  if (layer->channels - column < 8) bits &= (1u << (layer->channels - column)) - 1;
  target[column / 32] |= bits << column % 32;
  spikes += (uint32_t)__builtin_popcount(bits);
}

static void subtract_row(const uint8_t *row) {
  for (uint32_t column = 0; column < row_bytes; column += 4) {
    const uint32_t word = *(const uint32_t *)(const void *)(row + column);
    network.margins[column / 2] += OFFSET - (word & EVEN);
    network.margins[column / 2 + 1] += OFFSET - ((word >> 8) & EVEN);
  }
}

static void subtract_rows(const uint8_t **end, uint32_t t, uint32_t *target) {
  operations += (uint32_t)(end - network.rows) * layer->channels;
  while (end - network.rows > MOST_ROWS) subtract_row(*--end);
  const uint8_t **const first = network.rows;
  const uint32_t correction = (uint32_t)(end - first) * OFFSET;
  const uint32_t *bias = network.biases + t * bias_step;
  uint32_t *margin = network.margins;
  for (uint32_t column = 0; column < row_bytes; column += 8) {
    uint32_t e0 = 0, e1 = 0, s0 = 0, s1 = 0;
    for (const uint8_t **row = first; row < end; row++) {
      const uint32_t *words = (const uint32_t *)(const void *)(*row + column);
      const uint32_t w0 = words[0], w1 = words[1];
      e0 += w0 & EVEN;
      s0 += w0 >> 8;
      e1 += w1 & EVEN;
      s1 += w1 >> 8;
    }
    const uint32_t m0 = margin[0] + correction - bias[0] - e0;
    const uint32_t m1 = margin[1] + correction - bias[1] - s0 + (e0 >> 16 << 8);
    const uint32_t m2 = margin[2] + correction - bias[2] - e1;
    const uint32_t m3 = margin[3] + correction - bias[3] - s1 + (e1 >> 16 << 8);
    margin[0] = m0;
    margin[1] = m1;
    margin[2] = m2;
    margin[3] = m3;
    if (((m0 | m1 | m2 | m3) & signs) != 0) spike_group(margin, column, t, target);
    margin += 4;
    bias += 4;
  }
}

static void subtract_identity(const uint32_t *cell, uint32_t words) {
  const int16_t *weights = (const int16_t *)(const void *)(network.model + layer->shortcut_offset);
  for (uint32_t word = 0; word < words; word++) {
    for (uint32_t bits = cell[word]; bits != 0; bits &= bits - 1) {
      const uint32_t channel = 32 * word + (uint32_t)__builtin_ctz(bits);
      network.margins[channel / 2] -= (uint32_t)weights[channel] << 16 * (channel & 1);
      operations++;
    }
  }
}

/** Computes one timestep of neurons whose membranes may exceed int16; the margins are their negated currents. */
static void fire_wide(uint32_t t, uint32_t *target) {
  for (uint32_t c = 0; c < layer->channels; c++) {
    const uint32_t pair = 0 - network.margins[c / 2];
    const int32_t low = (int16_t)pair;
    network.membranes[c] += c & 1 ? (int16_t)((pair - (uint32_t)low) >> 16) : low;
    const int32_t threshold = thresholds[t * threshold_step + c];
    if (network.membranes[c] >= threshold) {
      network.membranes[c] -= threshold;
      target[c / 32] |= 1u << c % 32;
      spikes++;
    }
  }
}

static void compute_position(const uint32_t *source, const uint32_t *entering, const struct layer *entering_layer,
                             int32_t frame, int32_t band, uint32_t *target) {
  const uint32_t words = spike_words(layer->input_channels), cell_words = network.timesteps * words;
  const uint32_t tap_bytes = layer->input_channels * row_bytes;
  const int32_t first_frame = frame * layer->stride_time - layer->kernel_time / 2;
  const int32_t first_band = band * layer->stride_frequency - layer->kernel_frequency / 2;
  const int32_t tap_time = greatest(0, -first_frame), tap_frequency = greatest(0, -first_band);
  const int32_t end_time = least(layer->kernel_time, layer->input_frames - first_frame);
  const int32_t end_frequency = least(layer->kernel_frequency, layer->input_bands - first_band);
  const bool identity = layer->shortcut == IDENTITY;
  const uint32_t entering_words = spike_words(entering_layer->channels);
  const int32_t sampled = frame * (identity ? 1 : layer->shortcut_stride_time) * entering_layer->bands +
                          band * (identity ? 1 : layer->shortcut_stride_frequency);
  const uint32_t *sample = entering + (uint32_t)sampled * network.timesteps * entering_words;

  if (signs == 0) memset(network.membranes, 0, 4 * row_bytes);
  else memcpy(network.margins, network.first_margins, 2 * row_bytes);
  for (uint32_t t = 0; t < network.timesteps; t++) {
    const uint8_t **end = network.rows;
    for (int32_t i = tap_time; i < end_time; i++) {
      const int32_t cells = (first_frame + i) * layer->input_bands + first_band;
      const uint8_t *taps = network.model + layer->weight_offset + (uint32_t)(i * layer->kernel_frequency) * tap_bytes;
      for (int32_t j = tap_frequency; j < end_frequency; j++) {
        end = list_rows(source + (uint32_t)(cells + j) * cell_words + t * words, words, taps + (uint32_t)j * tap_bytes,
                        end);
      }
    }
    if (signs == 0) memset(network.margins, 0, 2 * row_bytes);
    if (layer->shortcut == PROJECTION) {
      end = list_rows(sample + t * entering_words, entering_words, network.model + layer->shortcut_offset, end);
    } else if (identity) {
      subtract_identity(sample + t * entering_words, entering_words);
    }
    subtract_rows(end, t, target);
    if (signs == 0) fire_wide(t, target);
    target += output_words;
  }
}

void layer_compute(uint32_t index) {
  layer = network.records + index;
  row_bytes = padded_channels(layer->channels);
  output_words = spike_words(layer->channels);
  spikes = 0;
  operations = 0;
  take_neurons();
  const uint32_t *source = train_of(index - 1);
  const uint32_t *entering = index >= 2 ? train_of(index - 2) : source;
  const struct layer *entering_layer = network.records + (index >= 2 ? index - 2 : 0);
  uint32_t *target = train_of(index);
  const uint32_t position_words = network.timesteps * output_words;
  memset(target, 0, 4u * layer->frames * layer->bands * position_words);
  for (int32_t frame = 0; frame < layer->frames; frame++) {
    for (int32_t band = 0; band < layer->bands; band++) {
      compute_position(source, entering, entering_layer, frame, band, target);
      target += position_words;
    }
  }
  network.spike_counts[index] = spikes;
  network.operation_counts[index] = operations;
}
