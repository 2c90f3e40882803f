#include "update.h"

#include <string.h>

#include "../hal/hal.h"
#include "flash.h"

static struct {
  bool active;
  uint32_t slot;
  uint32_t length;
  uint32_t crc;
  /** Bytes received; those that do not fill a unit yet are in `unit`. */
  uint32_t written;
  uint8_t unit[LONGEST_UNIT];
} update;

bool update_active(void) { return update.active; }

uint32_t update_slot(void) { return update.slot; }

uint32_t update_written(void) { return update.written; }

void update_abandon(void) { update.active = false; }

/**
 * The slot that does not run. If none runs, the one that is not the newest whole slot; if none is whole, slot 0, or
 * slot 1 if the kernel refuses the model in slot 0.
 */
static uint32_t slot_to_write(uint32_t running) {
  if (running == NO_SLOT) running = slot_newest();
  if (running == NO_SLOT) running = slot_get(0)->state < SLOT_WHOLE ? 1 : 0;
  return 1 - running;
}

struct outcome update_begin(uint32_t running, uint32_t length, uint32_t crc) {
  update.active = false;
  update.slot = slot_to_write(running);
  update.length = length;
  update.crc = crc;
  update.written = 0;
  slot_clear(update.slot);
  // header and records are in the first sector, which is erased first
  const uint32_t used = model_address(update.slot) - slot_address(update.slot) + length;
  const struct outcome outcome = flash_erase(slot_address(update.slot), used);
  update.active = outcome.status == OK;
  return outcome;
}

/** Programs the next bytes of the model: whole units, or the padded rest. */
static struct outcome program(uint32_t offset, const uint8_t *bytes, uint32_t length) {
  const uint32_t address = model_address(update.slot) + offset;
  if (length % hal_flash_program_size() != 0) return flash_program_padded(address, bytes, length);
  return flash_program(address, bytes, length);
}

struct outcome update_write(uint32_t offset, const uint8_t *bytes, uint32_t length) {
  if (!update.active) return failed(NO_UPDATE, 0, 0);
  if (offset != update.written) return failed(OUT_OF_ORDER, update.written, offset);
  if (length > update.length - offset) return failed(OUT_OF_RANGE, length, update.length - offset);
  const uint32_t unit = hal_flash_program_size();
  while (length > 0) {
    const uint32_t held = update.written % unit;
    struct outcome outcome = done();
    uint32_t taken;
    if (held == 0 && length >= unit) {
      taken = length - length % unit;
      outcome = program(update.written, bytes, taken);
    } else {
      taken = length < unit - held ? length : unit - held;
      memcpy(update.unit + held, bytes, taken);
      if (held + taken == unit || update.written + taken == update.length) {
        outcome = program(update.written - held, update.unit, held + taken);
      }
    }
    if (outcome.status != OK) {
      // what failed cannot be programmed again without an erase
      update.active = false;
      return outcome;
    }
    update.written += taken;
    bytes += taken;
    length -= taken;
  }
  return done();
}

struct outcome update_verify(uint32_t length, uint32_t crc) {
  if (!update.active) return failed(NO_UPDATE, 0, 0);
  if (length != update.length) return failed(MISMATCH, length, update.length);
  if (crc != update.crc) return failed(MISMATCH, crc, update.crc);
  if (update.written != update.length) return failed(INCOMPLETE, update.written, update.length);
  uint32_t found;
  struct outcome outcome = flash_crc(model_address(update.slot), length, &found);
  if (outcome.status == OK && found != crc) outcome = failed(BAD_CRC, found, crc);
  if (outcome.status != OK) update.active = false;
  return outcome;
}

struct outcome update_commit(void) {
  update.active = false;
  struct outcome outcome = slot_write_header(update.slot, update.length, update.crc);
  if (outcome.status == OK) outcome = slot_write_record(update.slot, slot_next_sequence(update.slot));
  // a failed write may be there in part, or completely if only reading it back failed
  if (outcome.status != OK) slot_scan(update.slot);
  return outcome;
}
