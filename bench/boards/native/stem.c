#include <string.h>

#include "network.h"

/** Computes eight channels from `column` on: int8 inputs times bytes that are a weight + 128. */
static void stem_group(const struct layer *layer, int32_t frame, int32_t band, uint32_t column) {
  const uint32_t row_bytes = padded_channels(layer->channels);
  const int32_t first_frame = frame * layer->stride_time - layer->kernel_time / 2;
  const int32_t first_band = band * layer->stride_frequency - layer->kernel_frequency / 2;
  const int32_t tap_time = greatest(0, -first_frame), tap_frequency = greatest(0, -first_band);
  const int32_t end_time = least(layer->kernel_time, layer->input_frames - first_frame);
  const int32_t end_frequency = least(layer->kernel_frequency, layer->input_bands - first_band);
  const int32_t run = (end_frequency - tap_frequency) * layer->input_channels;
  uint32_t a[8] = {0};
  int32_t input_sum = 0;
  for (int32_t i = tap_time; i < end_time; i++) {
    const int8_t *input = network.features +
                          ((first_frame + i) * layer->input_bands + first_band + tap_frequency) * layer->input_channels;
    const uint8_t *row = network.model + layer->weight_offset + column +
                         (uint32_t)((i * layer->kernel_frequency + tap_frequency) * layer->input_channels) * row_bytes;
    for (const int8_t *end = input + run; input < end; input++, row += row_bytes) {
      const uint32_t x = (uint32_t)(int32_t)*input;
      const uint32_t *w = (const uint32_t *)(const void *)row;
      input_sum += *input;
      a[0] += x * w[0];
      a[2] += x * (w[0] >> 8);
      a[1] += x * (w[0] >> 16);
      a[3] += x * (w[0] >> 24);
      a[4] += x * w[1];
      a[6] += x * (w[1] >> 8);
      a[5] += x * (w[1] >> 16);
      a[7] += x * (w[1] >> 24);
    }
  }
  for (uint32_t k = 0; k < 8; k += 4) {
    a[k] -= a[k + 2] << 8;
    a[k + 2] -= a[k + 1] << 8;
    a[k + 1] -= a[k + 3] << 8;
  }
  const uint32_t correction = (uint32_t)input_sum << 7;
  const uint32_t *bias = (const uint32_t *)(const void *)(network.model + layer->bias_offset) + column;
  for (uint32_t k = 0; k < 8; k++) network.currents[column + k] = (int32_t)(a[k] - correction + bias[k]);
}

void stem_currents(const struct layer *layer, int32_t frame, int32_t band) {
  const uint32_t padded = padded_channels(layer->channels);
  for (uint32_t column = 0; column < padded; column += 8) stem_group(layer, frame, band, column);
}

static uint32_t covered(int32_t position, int32_t stride, int32_t kernel, int32_t extent) {
  const int32_t first = position * stride - kernel / 2;
  return (uint32_t)(least(first + kernel, extent) - greatest(first, 0));
}

void stem_compute(void) {
  const struct layer *layer = network.records;
  const uint32_t words = spike_words(layer->channels);
  const int32_t *thresholds = (const int32_t *)(const void *)(network.model + layer->threshold_offset);
  const uint32_t step = layer->threshold_rows == 1 ? 0 : padded_channels(layer->channels);
  uint32_t *target = train_of(0);
  uint32_t spikes = 0, operations = 0;
  memset(target, 0, 4u * layer->frames * layer->bands * network.timesteps * words);
  for (int32_t frame = 0; frame < layer->frames; frame++) {
    for (int32_t band = 0; band < layer->bands; band++) {
      stem_currents(layer, frame, band);
      operations += covered(frame, layer->stride_time, layer->kernel_time, layer->input_frames) *
                    covered(band, layer->stride_frequency, layer->kernel_frequency, layer->input_bands) *
                    layer->input_channels * layer->channels;
      for (uint32_t c = 0; c < layer->channels; c++) {
        const int32_t current = network.currents[c];
        if (current <= 0 || (step == 0 && (int64_t)current * network.timesteps < thresholds[c])) continue;
        int32_t v = 0;
        for (uint32_t t = 0; t < network.timesteps; t++) {
          v += current;
          const int32_t threshold = thresholds[t * step + c];
          if (v >= threshold) {
            v -= threshold;
            target[t * words + c / 32] |= 1u << c % 32;
            spikes++;
          }
        }
      }
      target += network.timesteps * words;
    }
  }
  network.spike_counts[0] = spikes;
  network.operation_counts[0] = operations;
}
