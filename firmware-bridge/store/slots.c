#include "slots.h"

#include "../hal/hal.h"
#include "../protocol/bytes.h"
#include "../protocol/crc32.h"
#include "flash.h"

/** The characters `SPKS`. */
#define MAGIC UINT32_C(0x534b5053)
#define LAYOUT 1

static struct slot slots[SLOTS];

static bool newer(uint32_t a, uint32_t b) { return a != b && a - b < UINT32_C(0x80000000); }

/** Reads the header into the slot; false if there is no valid one. */
static bool read_header(uint32_t slot) {
  uint8_t header[HEADER_BYTES];
  if (!hal_flash_read(slot_address(slot), header, sizeof header)) return false;
  if (get_u32(header) != MAGIC || get_u32(header + 4) != LAYOUT) return false;
  if (crc32_add(CRC32_EMPTY, header, 16) != get_u32(header + 16)) return false;
  slots[slot].length = get_u32(header + 8);
  slots[slot].crc = get_u32(header + 12);
  return slots[slot].length <= model_capacity();
}

/** Whether there is a valid record in a place: a number and its complement. */
static bool read_record(uint32_t slot, uint32_t record, uint32_t *sequence) {
  uint8_t bytes[RECORD_BYTES];
  if (!hal_flash_read(record_address(slot, record), bytes, sizeof bytes)) return false;
  *sequence = get_u32(bytes);
  return get_u32(bytes + 4) == ~*sequence;
}

static bool place_erased(uint32_t slot, uint32_t record) {
  uint8_t bytes[RECORD_BYTES];
  const uint32_t address = record_address(slot, record);
  for (uint32_t at = 0; at < record_place(); at += RECORD_BYTES) {
    if (!hal_flash_read(address + at, bytes, sizeof bytes)) return false;
    if ((get_u32(bytes) & get_u32(bytes + 4)) != UINT32_MAX) return false;
  }
  return true;
}

/** Reads the last valid record; false if there is none. */
static bool read_sequence(uint32_t slot, uint32_t *sequence) {
  for (uint32_t record = record_places(); record-- > 0;) {
    if (read_record(slot, record, sequence)) return true;
  }
  return false;
}

/** Whether header and records read as erased. */
static bool front_erased(uint32_t slot) {
  uint8_t word[4];
  for (uint32_t at = slot_address(slot); at < model_address(slot); at += sizeof word) {
    if (!hal_flash_read(at, word, sizeof word) || get_u32(word) != UINT32_MAX) return false;
  }
  return true;
}

void slot_scan(uint32_t slot) {
  uint32_t crc;
  if (read_header(slot) && read_sequence(slot, &slots[slot].sequence)) {
    const bool read = flash_crc(model_address(slot), slots[slot].length, &crc).status == OK;
    slots[slot].state = read && crc == slots[slot].crc ? SLOT_WHOLE : SLOT_DAMAGED;
    return;
  }
  slots[slot] = (struct slot){.state = front_erased(slot) ? SLOT_EMPTY : SLOT_UNFINISHED};
}

const struct slot *slot_get(uint32_t slot) { return &slots[slot]; }

void slot_refuse(uint32_t slot) { slots[slot].state = SLOT_REFUSED; }

uint32_t slot_newest(void) {
  uint32_t newest = NO_SLOT;
  for (uint32_t k = 0; k < SLOTS; k++) {
    if (slots[k].state != SLOT_WHOLE) continue;
    if (newest == NO_SLOT || newer(slots[k].sequence, slots[newest].sequence)) newest = k;
  }
  return newest;
}

uint32_t slot_next_sequence(uint32_t except) {
  // refused slots count too: another firmware may accept them, and would then compare their sequences
  uint32_t last = 0;
  bool any = false;
  for (uint32_t k = 0; k < SLOTS; k++) {
    if (k == except || slots[k].state < SLOT_WHOLE) continue;
    if (!any || newer(slots[k].sequence, last)) last = slots[k].sequence;
    any = true;
  }
  return last + 1;
}

void slot_clear(uint32_t slot) { slots[slot] = (struct slot){.state = SLOT_EMPTY}; }

struct outcome slot_write_header(uint32_t slot, uint32_t length, uint32_t crc) {
  uint8_t header[HEADER_BYTES];
  put_u32(header, MAGIC);
  put_u32(header + 4, LAYOUT);
  put_u32(header + 8, length);
  put_u32(header + 12, crc);
  put_u32(header + 16, crc32_add(CRC32_EMPTY, header, 16));
  slots[slot] = (struct slot){.length = length, .crc = crc, .state = SLOT_UNFINISHED};
  return flash_program_padded(slot_address(slot), header, sizeof header);
}

struct outcome slot_write_record(uint32_t slot, uint32_t sequence) {
  uint8_t bytes[RECORD_BYTES];
  put_u32(bytes, sequence);
  put_u32(bytes + 4, ~sequence);
  uint32_t record = 0;
  while (record < record_places() && !place_erased(slot, record)) record++;
  if (record == record_places()) return failed(NO_RECORDS_LEFT, record_places(), 0);
  const struct outcome outcome = flash_program_padded(record_address(slot, record), bytes, sizeof bytes);
  if (outcome.status != OK) return outcome;
  slots[slot].sequence = sequence;
  slots[slot].state = SLOT_WHOLE;
  return done();
}
