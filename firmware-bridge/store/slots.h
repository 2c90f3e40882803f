/** The content of the two slots of flash, and which model is the newest. */
#ifndef SPIKEWORD_SLOTS_H
#define SPIKEWORD_SLOTS_H

#include <stdbool.h>

#include "../protocol/packet.h"
#include "layout.h"

/** The state of a slot; sequence, length and CRC are 0 unless a model was committed. */
struct slot {
  uint32_t sequence;
  uint32_t length;
  uint32_t crc;
  enum slot_state state;
};

/** Reads a slot: its header, its records and the CRC of its content. */
void slot_scan(uint32_t slot);

/** Returns the state since the last scan or change. */
const struct slot *slot_get(uint32_t slot);

/** Marks a slot whose content is whole but which the kernel does not accept. */
void slot_refuse(uint32_t slot);

/** Returns the whole slot with the newest sequence, or NO_SLOT. */
uint32_t slot_newest(void);

/** Returns a sequence that is newer than those of all whole or refused slots other than `except`. */
uint32_t slot_next_sequence(uint32_t except);

/** Marks a slot as empty, before it is erased and written. */
void slot_clear(uint32_t slot);

/** Programs the header of a slot whose content is already written. */
struct outcome slot_write_header(uint32_t slot, uint32_t length, uint32_t crc);

/**
 * Programs the next free record, with this sequence. The slot becomes whole with its first record. NO_RECORDS_LEFT if
 * there is no free place.
 */
struct outcome slot_write_record(uint32_t slot, uint32_t sequence);

#endif
