/** What stands in the two slots of flash, and which model is the newest. */
#ifndef SPIKEWORD_SLOTS_H
#define SPIKEWORD_SLOTS_H

#include <stdbool.h>

#include "../protocol/packet.h"
#include "layout.h"

/** A slot; sequence, length and CRC are 0 unless a model was committed. */
struct slot {
  uint32_t sequence;
  uint32_t length;
  uint32_t crc;
  enum slot_state state;
};

/** Looks at a slot: header, records, and the CRC of the whole content. */
void slot_scan(uint32_t slot);

/** What the last look, or a change since, found. */
const struct slot *slot_get(uint32_t slot);

/** The slot's content is whole, and yet the kernel does not take it. */
void slot_refuse(uint32_t slot);

/** The whole slot with the newest sequence, or NO_SLOT. */
uint32_t slot_newest(void);

/** A sequence that is newer than that of every whole slot but `except`. */
uint32_t slot_next_sequence(uint32_t except);

/** Marks a slot as one that is being written. */
void slot_clear(uint32_t slot);

/** Programs the header of a slot whose content is there. */
struct outcome slot_write_header(uint32_t slot, uint32_t length, uint32_t crc);

/**
 * Programs the next free record: with the first one the slot becomes whole, with any it gets the newest sequence.
 * NO_RECORDS_LEFT if there is no place.
 */
struct outcome slot_write_record(uint32_t slot, uint32_t sequence);

#endif
