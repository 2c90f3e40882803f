/** The model that runs: which slot it is in, and the kernel that is bound to it. */
#ifndef SPIKEWORD_RUNNING_H
#define SPIKEWORD_RUNNING_H

#include <stdbool.h>

#include "../protocol/packet.h"

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
 * Whether the kernel would take a model of `length` bytes, as far as its first `given` bytes tell: `head`, aligned to
 * 4. What runs stays what runs.
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
