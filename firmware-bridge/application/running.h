/** The model that runs: which slot it is in, and the kernel that is bound to it. */
#ifndef SPIKEWORD_RUNNING_H
#define SPIKEWORD_RUNNING_H

#include <stdbool.h>

#include "../protocol/packet.h"

/** Where things stand in the memory of the kernel, and how much of them: keys of query in docs/model-format.md. */
enum query {
  QUERY_ERROR_DETAIL = 0,
  QUERY_ERROR_OTHER = 1,
  QUERY_RAM_BYTES = 2,
  QUERY_SAMPLES = 3,
  QUERY_PUSH_SAMPLES = 4,
  QUERY_FRAMES_READY = 5,
  QUERY_FEATURES = 6,
  QUERY_FRAMES = 7,
  QUERY_COEFFICIENTS = 8,
  QUERY_TIMESTEPS = 9,
  QUERY_LAYERS = 10,
  QUERY_CLASSES = 11,
  QUERY_WINNER = 12,
  QUERY_SCORES = 13,
  QUERY_SPIKE_COUNTS = 14,
  QUERY_OPERATION_COUNTS = 15,
  QUERY_CURRENTS = 16,
  QUERY_SPIKES = 256,
};

/** The version of the model format that the kernel reads. */
#define MODEL_FORMAT_VERSION 1

/** Looks at the slots and runs the newest whole model that the kernel takes. Called once, at boot. */
void running_start(void);

/** The slot that runs, or NO_SLOT. */
uint32_t running_slot(void);

/**
 * Whether the kernel takes the model of `length` bytes in a slot. What runs stays what runs: the next `running_ready`
 * binds it again.
 */
struct outcome running_try(uint32_t slot, uint32_t length);

/**
 * Whether the kernel would take a model of `length` bytes, as far as its first `given` bytes tell: `head`, aligned to 4.
 * What runs stays what runs.
 */
struct outcome running_check(const uint8_t *head, uint32_t given, uint32_t length);

/** Runs the model of a whole slot from now on, if the kernel takes it. */
struct outcome running_switch(uint32_t slot);

/** Binds the kernel to the running model, if it is not. NO_MODEL, or what the kernel says. */
struct outcome running_ready(void);

/** Flash is about to change, or the kernel trapped: what is bound is not to be relied on. */
void running_unbind(void);

/** Why the kernel trapped. Starts the kernel again, without a model. */
struct outcome running_trapped(void);

#endif
