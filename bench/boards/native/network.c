#include "network.h"

#include <stddef.h>
#include <string.h>

struct network network;

static const uint8_t *section(uint32_t kind) {
  const uint32_t *entry = (const uint32_t *)(const void *)(network.model + 20 + 12 * (kind - 1));
  return network.model + entry[1];
}

/** Takes the next part of the RAM. */
static void *take(uint8_t **at, uint32_t bytes) {
  void *part = *at;
  *at += (bytes + 7) & ~7u;
  return part;
}

static uint32_t most(uint32_t a, uint32_t b) { return a > b ? a : b; }

uint32_t network_bind(const uint8_t *model, uint8_t *ram, uint32_t bytes) {
  network.model = model;
  const uint32_t *features = (const uint32_t *)(const void *)section(1);
  network.frames = features[0];
  network.coefficients = features[1];
  network.feature_mean = (const int32_t *)features + 2;
  network.feature_multiplier = network.feature_mean + network.coefficients;
  const uint32_t *head = (const uint32_t *)(const void *)section(3);
  network.timesteps = head[2];
  network.classes = head[3];
  network.classifier_weights = (const int8_t *)model + head[8];
  network.classifier_bias = (const int32_t *)(const void *)(model + head[9]);
  network.layers = head[10];
  network.records = (const struct layer *)(const void *)(head + 11);

  uint32_t channels = 0, bias_rows = 0, rows = 0;
  network.train_words = 0;
  for (uint32_t k = 0; k < network.layers; k++) {
    const struct layer *layer = network.records + k;
    channels = most(channels, padded_channels(layer->channels));
    bias_rows = most(bias_rows, layer->threshold_rows);
    const uint32_t shortcut_rows = layer->shortcut == PROJECTION ? network.records[k - 2].channels : 0;
    rows = most(rows, (uint32_t)layer->kernel_time * layer->kernel_frequency * layer->input_channels + shortcut_rows);
    network.train_words = most(
        network.train_words, (uint32_t)layer->frames * layer->bands * network.timesteps * spike_words(layer->channels));
  }
  const uint32_t last_channels = network.records[network.layers - 1].channels;
  uint8_t *at = ram;
  network.features = take(&at, network.frames * network.coefficients);
  network.scores = take(&at, 4 * network.classes);
  network.spike_counts = take(&at, 4 * network.layers);
  network.operation_counts = take(&at, 4 * network.layers);
  network.channel_counts = take(&at, 4 * last_channels);
  network.margins = take(&at, 2 * channels);
  network.first_margins = take(&at, 2 * channels);
  network.biases = take(&at, 2 * channels * bias_rows);
  network.membranes = take(&at, 4 * channels);
  network.currents = take(&at, 4 * channels);
  network.rows = take(&at, rows * sizeof(uint8_t *));
  network.trains = take(&at, 3 * 4 * network.train_words);
  const uint32_t used = (uint32_t)(at - ram);
  if (used > bytes) return 0;
  memset(ram, 0, used);
  return used;
}

/** Counts the spikes of every channel of the last layer over positions and timesteps. */
static void count_spikes(const struct layer *layer) {
  const uint32_t words = spike_words(layer->channels);
  const uint32_t cells = (uint32_t)layer->frames * layer->bands * network.timesteps;
  const uint32_t *train = train_of(network.layers - 1);
  memset(network.channel_counts, 0, 4u * layer->channels);
  for (uint32_t cell = 0; cell < cells; cell++) {
    for (uint32_t word = 0; word < words; word++, train++) {
      for (uint32_t bits = *train; bits != 0; bits &= bits - 1) {
        network.channel_counts[32 * word + (uint32_t)__builtin_ctz(bits)]++;
      }
    }
  }
}

uint32_t classify(void) {
  const struct layer *layer = network.records + network.layers - 1;
  count_spikes(layer);
  const int8_t *weights = network.classifier_weights;
  uint32_t winner = 0;
  for (uint32_t k = 0; k < network.classes; k++) {
    int32_t score = network.classifier_bias[k];
    for (uint32_t c = 0; c < layer->channels; c++) score += *weights++ * (int32_t)network.channel_counts[c];
    network.scores[k] = score;
    if (score > network.scores[winner]) winner = k;
  }
  return winner;
}
