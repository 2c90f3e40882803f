#include "flash.h"

#include <string.h>

#include "../hal/hal.h"
#include "../protocol/bytes.h"
#include "../protocol/crc32.h"
#include "layout.h"

/** Bytes that are read back at once. */
#define PIECE 64
/** Bytes that are programmed at once: a page of serial flash. */
#define PAGE 256

static uint32_t erases;
static uint32_t programs;

uint32_t flash_erases(void) { return erases; }

uint32_t flash_programs(void) { return programs; }

static uint32_t lesser(uint32_t a, uint32_t b) { return a < b ? a : b; }

/** Returns the word at `address`, for the message; all ones if it cannot be read. */
static uint32_t word_at(uint32_t address) {
  uint8_t word[4];
  return hal_flash_read(address, word, sizeof word) ? get_u32(word) : UINT32_MAX;
}

static bool reads_erased(uint32_t address, uint32_t length, uint32_t *fault) {
  uint8_t piece[PIECE];
  for (uint32_t at = 0; at < length; at += PIECE) {
    const uint32_t taken = lesser(PIECE, length - at);
    *fault = address + at;
    if (!hal_flash_read(address + at, piece, taken)) return false;
    for (uint32_t k = 0; k < taken; k++) {
      *fault = address + at + (k & ~UINT32_C(3));
      if (piece[k] != 0xff) return false;
    }
  }
  return true;
}

static bool reads_as(uint32_t address, const uint8_t *bytes, uint32_t length, uint32_t *fault) {
  uint8_t piece[PIECE];
  for (uint32_t at = 0; at < length; at += PIECE) {
    const uint32_t taken = lesser(PIECE, length - at);
    *fault = address + at;
    if (!hal_flash_read(address + at, piece, taken) || memcmp(piece, bytes + at, taken) != 0) return false;
  }
  return true;
}

struct outcome flash_erase(uint32_t address, uint32_t length) {
  const uint32_t sector = hal_flash_sector_size();
  for (uint32_t at = 0; at < length; at += sector) {
    uint32_t fault = address + at;
    erases++;
    if (!hal_flash_erase(address + at) || !reads_erased(address + at, sector, &fault)) {
      return failed(FLASH_ERASE, fault, word_at(fault));
    }
  }
  return done();
}

struct outcome flash_program(uint32_t address, const uint8_t *bytes, uint32_t length) {
  for (uint32_t at = 0; at < length;) {
    // up to the end of the page: no program operation of serial flash may cross it
    const uint32_t taken = lesser(PAGE - (address + at) % PAGE, length - at);
    uint32_t fault = address + at;
    programs++;
    if (!hal_flash_program(address + at, bytes + at, taken) || !reads_as(address + at, bytes + at, taken, &fault)) {
      return failed(FLASH_PROGRAM, fault, word_at(fault));
    }
    at += taken;
  }
  return done();
}

struct outcome flash_program_padded(uint32_t address, const uint8_t *bytes, uint32_t length) {
  uint8_t unit[LONGEST_UNIT];
  const uint32_t size = hal_flash_program_size();
  memset(unit, 0xff, sizeof unit);
  memcpy(unit, bytes, length);
  return flash_program(address, unit, (length + size - 1) / size * size);
}

struct outcome flash_crc(uint32_t address, uint32_t length, uint32_t *crc) {
  uint8_t piece[PIECE];
  *crc = CRC32_EMPTY;
  for (uint32_t at = 0; at < length; at += PIECE) {
    const uint32_t taken = lesser(PIECE, length - at);
    if (!hal_flash_read(address + at, piece, taken)) return failed(FLASH_READ, address + at, taken);
    *crc = crc32_add(*crc, piece, taken);
  }
  return done();
}
