/** The running model: its slot, and the kernel that is bound to it. */
#ifndef SPIKEWORD_RUNNING_H
#define SPIKEWORD_RUNNING_H

#include <stdbool.h>

#include "../protocol/packet.h"

/** Reads the slots and runs the newest whole model that the kernel accepts. Called once, at boot. */
void running_start(void);

/** The slot that runs, or NO_SLOT. */
uint32_t running_slot(void);

/**
 * Checks whether the kernel accepts the model of `length` bytes in a slot. The running model does not change: the next
 * `running_ready` binds it again.
 */
struct outcome running_try(uint32_t slot, uint32_t length);

/**
 * Checks whether the kernel would accept a model of `length` bytes, as far as its first `given` bytes tell. They are at
 * `head`, aligned to 4. The running model does not change.
 */
struct outcome running_check(const uint8_t *head, uint32_t given, uint32_t length);

/** Runs the model of a whole slot from now on, if the kernel accepts it. */
struct outcome running_switch(uint32_t slot);

/** Binds the kernel to the running model, unless it already is. NO_MODEL, or the error of the kernel. */
struct outcome running_ready(void);

/** Gives up the binding, because flash is about to change or has changed. */
void running_unbind(void);

/** Returns why the kernel trapped, and starts it again without a model. */
struct outcome running_trapped(void);

#endif
