#include "layout.h"

#include "../hal/hal.h"

static uint32_t greater(uint32_t a, uint32_t b) { return a > b ? a : b; }

uint32_t header_place(void) { return greater(32, hal_flash_program_size()); }

uint32_t record_place(void) { return greater(RECORD_BYTES, hal_flash_program_size()); }

/** Header and records together. */
static uint32_t front(void) { return 16 * greater(64, hal_flash_program_size()); }

uint32_t record_places(void) { return (front() - header_place()) / record_place(); }

uint32_t slot_address(uint32_t slot) { return slot * hal_flash_slot_size(); }

uint32_t record_address(uint32_t slot, uint32_t record) {
  return slot_address(slot) + header_place() + record * record_place();
}

uint32_t model_address(uint32_t slot) { return slot_address(slot) + front(); }

uint32_t model_capacity(void) { return hal_flash_slot_size() - front(); }
