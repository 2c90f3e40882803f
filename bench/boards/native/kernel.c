/** The functions of kernel.h in plain C for the same application, only for comparison. */
#include "runtime/kernel.h"

#include <stddef.h>
#include <string.h>

#include "front-end.h"
#include "network.h"

static struct {
  int16_t samples[HOP_SAMPLES];
  uint8_t buffers[KERNEL_RAM_BYTES - 2 * HOP_SAMPLES];
} ram __attribute__((aligned(16)));

static const uint8_t *bound;
static bool loaded;
static uint32_t ram_used, frames_ready, next_step;
static int32_t winner = -1;

void kernel_start(void) {
  loaded = false;
  bound = NULL;
}

bool kernel_bind(const uint8_t *model, uint32_t length) {
  bound = model;
  return model != NULL && length > 0;
}

int32_t kernel_load(void) {
  const uint32_t used = network_bind(bound, ram.buffers, sizeof ram.buffers);
  ram_used = sizeof ram.samples + used;
  loaded = used > 0;
  kernel_reset();
  kernel_begin();
  return loaded ? 0 : ERROR_RAM;
}

int32_t kernel_check(uint32_t length) {
  (void)length;
  loaded = false;
  return 0;
}

static uint32_t address_of(const void *part) { return (uint32_t)((const uint8_t *)part - (const uint8_t *)&ram); }

uint32_t kernel_query(int32_t key) {
  if (!loaded) return 0;
  switch (key) {
    case QUERY_RAM_BYTES:
      return ram_used;
    case QUERY_SAMPLES:
      return address_of(ram.samples);
    case QUERY_PUSH_SAMPLES:
      return HOP_SAMPLES;
    case QUERY_FRAMES_READY:
      return frames_ready;
    case QUERY_FEATURES:
      return address_of(network.features);
    case QUERY_FRAMES:
      return network.frames;
    case QUERY_COEFFICIENTS:
      return network.coefficients;
    case QUERY_TIMESTEPS:
    case QUERY_TIMESTEPS_COMPUTED:
      return network.timesteps;
    case QUERY_LAYERS:
      return network.layers;
    case QUERY_CLASSES:
      return network.classes;
    case QUERY_WINNER:
      return (uint32_t)winner;
    case QUERY_SCORES:
      return address_of(network.scores);
    case QUERY_SPIKE_COUNTS:
      return address_of(network.spike_counts);
    case QUERY_OPERATION_COUNTS:
      return address_of(network.operation_counts);
    case QUERY_CURRENTS:
      return address_of(network.currents);
    default:
      return key >= QUERY_SPIKES && (uint32_t)(key - QUERY_SPIKES) < network.layers
                 ? address_of(train_of((uint32_t)(key - QUERY_SPIKES)))
                 : 0;
  }
}

void kernel_reset(void) {
  front_end_reset();
  frames_ready = 0;
  if (loaded) memset(network.features, 0, network.frames * network.coefficients);
}

/** This program has no networks that listen. */
int32_t kernel_listen(int32_t count) {
  (void)count;
  return -1;
}

int32_t kernel_push(int32_t count) {
  int32_t raw[COEFFICIENTS];
  if (!loaded || count > HOP_SAMPLES || network.coefficients != COEFFICIENTS) return -1;
  const int frames = front_end_push(ram.samples, (uint32_t)count, raw);
  if (frames > 0) {
    uint32_t at = frames_ready;
    if (at >= network.frames) {
      at = network.frames - 1;
      memmove(network.features, network.features + COEFFICIENTS, at * COEFFICIENTS);
    }
    for (uint32_t c = 0; c < COEFFICIENTS; c++) {
      const int64_t centred = (int64_t)raw[c] - network.feature_mean[c];
      const int64_t rounded = (centred * network.feature_multiplier[c] + (1 << 15)) >> 16;
      network.features[at * COEFFICIENTS + c] = (int8_t)(rounded < -128 ? -128 : rounded > 127 ? 127 : rounded);
    }
    frames_ready++;
  }
  return frames;
}

void kernel_begin(void) {
  next_step = 0;
  winner = -1;
}

int32_t kernel_step(void) {
  if (!loaded) return -1;
  if (next_step > network.layers) return 0;
  if (next_step == network.layers) winner = (int32_t)classify();
  else if (next_step == 0) stem_compute();
  else layer_compute(next_step);
  next_step++;
  return (int32_t)(network.layers + 1 - next_step);
}

int32_t kernel_infer(void) {
  kernel_begin();
  while (kernel_step() > 0) continue;
  return winner;
}

void kernel_stem_current(uint32_t position) {
  const struct layer *layer = network.records;
  if (!loaded || position >= (uint32_t)layer->frames * layer->bands) return;
  stem_currents(layer, (int32_t)(position / layer->bands), (int32_t)(position % layer->bands));
}

uint32_t kernel_abi_version(void) { return ABI_VERSION; }

uint8_t *kernel_ram(uint32_t address, uint32_t length) {
  return address <= sizeof ram && length <= sizeof ram - address ? (uint8_t *)&ram + address : NULL;
}

uint32_t kernel_ram_bytes(void) { return KERNEL_RAM_BYTES; }

enum kernel_trap_reason kernel_trap(void) { return KERNEL_TRAP_NONE; }

uint32_t kernel_trap_address(void) { return 0; }
