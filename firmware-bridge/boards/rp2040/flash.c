/*
 * Models in the second megabyte of flash. The chip's ROM erases and programs (RP2040 datasheet, section 2.8.3.1.3).
 * Meanwhile flash cannot be read; everything else goes on, because code, constants and interrupts are in RAM.
 */
#include "board.h"

#include <string.h>

#include "../shared/flash-range.h"
#include "rp2040.h"

#define SLOT_BYTES 0x40000u
#define SECTOR_BYTES 0x1000u
#define PAGE_BYTES 0x100u
#define AREA_OFFSET 0x100000u
#define AREA ((const uint8_t *)(XIP_BASE + AREA_OFFSET))
#define BOOT2_BYTES 256u

typedef uint32_t (*rom_lookup)(const uint16_t *table, uint32_t code);
typedef void (*rom_action)(void);
typedef void (*rom_erase)(uint32_t offset, uint32_t length, uint32_t block, uint8_t command);
typedef void (*rom_program)(uint32_t offset, const uint8_t *from, uint32_t length);

static struct {
  rom_action connect, exit_xip, flush_cache;
  rom_erase erase;
  rom_program program;
} rom;

/** The second stage of booting, which makes flash readable again. */
static uint32_t boot2[BOOT2_BYTES / 4];

uint32_t hal_flash_slot_size(void) { return SLOT_BYTES; }
uint32_t hal_flash_sector_size(void) { return SECTOR_BYTES; }
uint32_t hal_flash_program_size(void) { return PAGE_BYTES; }

/** In the ROM: pointers to its table of functions, to one of data, and to the function that searches them. */
extern const volatile uint16_t rom_pointers[3];

/** Returns a function of the ROM by its two letters. */
static uint32_t rom_function(char first, char second) {
  const rom_lookup lookup = (rom_lookup)(uintptr_t)rom_pointers[2];
  return lookup((const uint16_t *)(uintptr_t)rom_pointers[0], (uint32_t)second << 8 | (uint32_t)first);
}

void flash_start(void) {
  memcpy(boot2, (const void *)(uintptr_t)XIP_BASE, sizeof boot2);
  rom.connect = (rom_action)rom_function('I', 'F');
  rom.exit_xip = (rom_action)rom_function('E', 'X');
  rom.flush_cache = (rom_action)rom_function('F', 'C');
  rom.erase = (rom_erase)rom_function('R', 'E');
  rom.program = (rom_program)rom_function('R', 'P');
}

static void begin(void) {
  rom.connect();
  rom.exit_xip();
}

static void end(void) {
  rom.flush_cache();
  ((rom_action)((uintptr_t)boot2 + 1))();
}

bool hal_flash_read(uint32_t address, void *to, uint32_t length) {
  if (!flash_range_valid(address, length)) return false;
  memcpy(to, AREA + address, length);
  return true;
}

bool hal_flash_erase(uint32_t address) {
  if (!flash_erasable(address)) return false;
  watchdog_feed(); /* a whole slot may take longer than it waits */
  begin();
  /* the command erases a block of 64 KB, and is used for whole blocks only */
  rom.erase(AREA_OFFSET + address, SECTOR_BYTES, 0x10000u, 0xd8);
  end();
  for (uint32_t k = 0; k < SECTOR_BYTES; k += 4) {
    uint32_t word;
    memcpy(&word, AREA + address + k, 4);
    if (word != UINT32_MAX) return false;
  }
  return true;
}

bool hal_flash_program(uint32_t address, const void *from, uint32_t length) {
  if (!flash_programmable(address, length)) return false;
  begin();
  rom.program(AREA_OFFSET + address, from, length);
  end();
  const uint8_t *bytes = from;
  for (uint32_t k = 0; k < length; k++) {
    /* bits that were 0 before stay 0 */
    if ((AREA[address + k] & ~bytes[k]) != 0) return false;
  }
  return true;
}

const uint8_t *hal_flash_map(uint32_t address, uint32_t length) {
  return address % 4 == 0 && flash_range_valid(address, length) ? AREA + address : NULL;
}
