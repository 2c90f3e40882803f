/*
 * Models in sectors 5 to 8, 128 KB each, two per slot. QEMU has the memory but no controller that changes it. There a
 * file on the computer replaces the flash, and a model is copied to RAM that no chip has, where the kernel reads it.
 */
#include "flash.h"

#include <string.h>

#include "../shared/flash-range.h"
#include "../shared/semihosting.h"
#include "stm32f405.h"

#define FIRST_SECTOR 5u
#define SECTOR_BYTES 0x20000u
#define SLOT_BYTES (2 * SECTOR_BYTES)
#define AREA ((const uint8_t *)0x08020000u)
/** The end of QEMU's RAM. The RAM of a chip ends 64 KB before it; on a chip nothing is read or written above that. */
#define EMULATED_RAM_END 0x20030000u

extern uint8_t ram_end[];
static int32_t file = -1;

uint32_t hal_flash_slot_size(void) { return SLOT_BYTES; }
uint32_t hal_flash_sector_size(void) { return SECTOR_BYTES; }
uint32_t hal_flash_program_size(void) { return 4; }

void flash_start(void) {
  if (on_silicon()) FLASH_CR = CR_LOCK; /* unlocking twice is an error, and a loader may have left it unlocked */
  else file = semihosting_open();
}

/** Waits until an operation ends; true if the controller saw no error. */
static bool finished(void) {
  while ((FLASH_SR & SR_BUSY) != 0) continue;
  const bool well = (FLASH_SR & SR_ERRORS) == 0;
  FLASH_CR = CR_LOCK;
  /* The cache may still have the old content. */
  FLASH_ACR &= ~ACR_DATA_CACHE;
  FLASH_ACR |= ACR_DATA_CACHE_RESET;
  FLASH_ACR &= ~ACR_DATA_CACHE_RESET;
  FLASH_ACR |= ACR_DATA_CACHE;
  return well;
}

static void unlock(void) {
  FLASH_KEYR = 0x45670123u;
  FLASH_KEYR = 0xcdef89abu;
  FLASH_SR = SR_ERRORS;
}

static bool chip_erase(uint32_t sector) {
  unlock();
  FLASH_CR = CR_SECTOR_ERASE | CR_SECTOR(sector) | CR_WORDS;
  FLASH_CR |= CR_START;
  return finished();
}

static bool chip_program(uint32_t address, const uint8_t *bytes, uint32_t length) {
  unlock();
  FLASH_CR = CR_PROGRAM | CR_WORDS;
  for (uint32_t k = 0; k < length; k += 4) {
    uint32_t word;
    memcpy(&word, bytes + k, 4);
    *(volatile uint32_t *)(uintptr_t)(AREA + address + k) = word;
    __asm__ volatile("dsb" ::: "memory");
    while ((FLASH_SR & SR_BUSY) != 0) continue;
  }
  return finished() && memcmp(AREA + address, bytes, length) == 0;
}

static bool file_erase(uint32_t address) {
  uint8_t erased[256];
  memset(erased, 0xff, sizeof erased);
  for (uint32_t k = 0; k < SECTOR_BYTES; k += sizeof erased) {
    if (!semihosting_write(file, address + k, erased, sizeof erased)) return false;
  }
  return true;
}

static bool file_program(uint32_t address, const uint8_t *bytes, uint32_t length) {
  uint8_t present[256];
  while (length > 0) {
    const uint32_t now = length < sizeof present ? length : sizeof present;
    if (!semihosting_read(file, address, present, now)) return false;
    for (uint32_t k = 0; k < now; k++) present[k] &= bytes[k];
    if (!semihosting_write(file, address, present, now)) return false;
    address += now;
    bytes += now;
    length -= now;
  }
  return true;
}

bool hal_flash_read(uint32_t address, void *to, uint32_t length) {
  if (!flash_range_valid(address, length)) return false;
  if (!on_silicon()) return semihosting_read(file, address, to, length);
  memcpy(to, AREA + address, length);
  return true;
}

bool hal_flash_erase(uint32_t address) {
  if (!flash_erasable(address)) return false;
  return on_silicon() ? chip_erase(FIRST_SECTOR + address / SECTOR_BYTES) : file_erase(address);
}

bool hal_flash_program(uint32_t address, const void *from, uint32_t length) {
  if (!flash_programmable(address, length)) return false;
  return on_silicon() ? chip_program(address, from, length) : file_program(address, from, length);
}

const uint8_t *hal_flash_map(uint32_t address, uint32_t length) {
  if (address % 4 != 0 || !flash_range_valid(address, length)) return NULL;
  if (on_silicon()) return AREA + address;
  if (length > EMULATED_RAM_END - (uint32_t)(uintptr_t)ram_end) return NULL;
  return semihosting_read(file, address, ram_end, length) ? ram_end : NULL;
}
