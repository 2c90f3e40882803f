/*
 * Models in the machine's second bank of parallel NOR flash: two 16-bit chips side by side with Intel's command set,
 * and sectors of 256 KB, one per slot. The processor reads it as memory.
 */
#include <stddef.h>
#include <string.h>

#include "../../hal/hal.h"
#include "../shared/flash-range.h"
#include "virt.h"

#define AREA 0x22000000u
#define SECTOR_BYTES 0x40000u
#define SLOT_BYTES SECTOR_BYTES

/* Each command goes to both chips. */
#define BOTH(command) ((uint32_t)(command) * 0x00010001u)
enum { READ_ARRAY = 0xff, PROGRAM = 0x40, ERASE = 0x20, CONFIRM = 0xd0, CLEAR_STATUS = 0x50 };
#define READY BOTH(0x80)
#define FAILED BOTH(0x3a)

uint32_t hal_flash_slot_size(void) { return SLOT_BYTES; }
uint32_t hal_flash_sector_size(void) { return SECTOR_BYTES; }
uint32_t hal_flash_program_size(void) { return 4; }

/** Waits until the command is done and switches back to reading; true if the command succeeded. */
static bool finished(uint32_t address) {
  uint32_t status;
  do {
    status = REGISTER(AREA + address);
  } while ((status & READY) != READY);
  REGISTER(AREA + address) = BOTH(CLEAR_STATUS);
  REGISTER(AREA + address) = BOTH(READ_ARRAY);
  return (status & FAILED) == 0;
}

bool hal_flash_read(uint32_t address, void *to, uint32_t length) {
  if (!flash_range_valid(address, length)) return false;
  memcpy(to, (const void *)(uintptr_t)(AREA + address), length);
  return true;
}

bool hal_flash_erase(uint32_t address) {
  if (!flash_erasable(address)) return false;
  REGISTER(AREA + address) = BOTH(ERASE);
  REGISTER(AREA + address) = BOTH(CONFIRM);
  return finished(address);
}

bool hal_flash_program(uint32_t address, const void *from, uint32_t length) {
  if (!flash_programmable(address, length)) return false;
  const uint8_t *bytes = from;
  for (uint32_t k = 0; k < length; k += 4) {
    uint32_t word;
    memcpy(&word, bytes + k, 4);
    /* The emulated chip stores the word unchanged; a real one only clears bits. */
    word &= REGISTER(AREA + address + k);
    REGISTER(AREA + address + k) = BOTH(PROGRAM);
    REGISTER(AREA + address + k) = word;
    if (!finished(address + k)) return false;
  }
  return true;
}

const uint8_t *hal_flash_map(uint32_t address, uint32_t length) {
  return address % 4 == 0 && flash_range_valid(address, length) ? (const uint8_t *)(uintptr_t)(AREA + address) : NULL;
}
