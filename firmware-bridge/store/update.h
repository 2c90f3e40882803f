/**
 * Writes a new model to the slot that does not run: erase, data, verify, header, and last the commit record.
 * firmware-bridge/protocol.md explains why the power may be cut at any moment.
 */
#ifndef SPIKEWORD_UPDATE_H
#define SPIKEWORD_UPDATE_H

#include "slots.h"

bool update_active(void);

/** Erases the slot other than `running` for a model of `length` bytes, at most `model_capacity()`, with this CRC-32. */
struct outcome update_begin(uint32_t running, uint32_t length, uint32_t crc);

/** The slot that is being written. */
uint32_t update_slot(void);

/** The offset of the next byte. */
uint32_t update_written(void);

/** Takes the model's bytes from `offset` on, which must be the next one. */
struct outcome update_write(uint32_t offset, const uint8_t *bytes, uint32_t length);

/**
 * Checks that the update has this length and CRC, that all of it was written, and that the CRC of the flash is right.
 * Ends the update if the flash is wrong.
 */
struct outcome update_verify(uint32_t length, uint32_t crc);

/** Makes the verified model the newest. Ends the update, whether this succeeds or not. */
struct outcome update_commit(void);

/** Forgets the update; the slot stays unfinished. */
void update_abandon(void);

#endif
