#include "flash.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../hal/hal.h"

#define MOST_AREA (2u << 20)

static struct options options;
static int file;
/** The content of the file; every change is written to the file before it counts. */
static uint8_t area[MOST_AREA];
/** The memory that hal_flash_map returned; it is overwritten as soon as it may no longer be used. */
static uint8_t mapped[MOST_AREA / 2] __attribute__((aligned(4)));
static uint32_t operations;

static uint32_t area_bytes(void) { return 2 * options.slot; }

static bool inside(uint32_t address, uint32_t length) {
  return address <= area_bytes() && length <= area_bytes() - address;
}

static void store(uint32_t address, uint32_t length) {
  if (options.stuck >= address && options.stuck < (int64_t)address + length) {
    area[options.stuck] = (uint8_t)(options.stuck_value ? area[options.stuck] | 1 : area[options.stuck] & ~1);
  }
  if (pwrite(file, area + address, length, address) != (ssize_t)length) {
    perror(options.flash);
    exit(1);
  }
}

void flash_open(struct options chosen) {
  options = chosen;
  file = open(options.flash, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  memset(area, 0xff, sizeof area);
  if (file < 0 || pread(file, area, area_bytes(), 0) < 0) {
    perror(options.flash);
    exit(1);
  }
  store(0, area_bytes());
}

static _Noreturn void cut_power(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static uint32_t draw(void) {
  options.cut_seed = options.cut_seed * 1664525u + 1013904223u;
  return options.cut_seed >> 8;
}

/**
 * Does a part of the change to `wanted`: random single bits, or everything up to a random byte. An operation that loses
 * power may leave either.
 */
static void do_in_part(uint32_t address, const uint8_t *wanted, uint32_t length) {
  const bool in_order = draw() % 2 == 0;
  const uint32_t reached = draw() % (length + 1);
  for (uint32_t k = 0; k < length; k++) {
    const uint8_t bits = in_order ? (k < reached ? 0xff : 0) : (uint8_t)draw();
    area[address + k] = (uint8_t)((area[address + k] & ~bits) | (wanted[k] & bits));
  }
  store(address, length);
}

/** Performs one operation: changes `length` bytes at `address` to `wanted`, unless the power is cut. */
static void operate(const char *name, uint32_t address, const uint8_t *wanted, uint32_t length) {
  memset(mapped, 0xa5, sizeof mapped);
  if (options.log != NULL) {
    FILE *log = fopen(options.log, "a");
    if (log == NULL || fprintf(log, "%s %u %u\n", name, address, length) < 0 || fclose(log) != 0) {
      perror(options.log);
      exit(1);
    }
  }
  const bool here = options.cut != CUT_NEVER && operations == options.cut_at;
  operations++;
  if (here && options.cut == CUT_BEFORE) cut_power();
  if (here && options.cut == CUT_HALF) {
    do_in_part(address, wanted, length);
    cut_power();
  }
  memcpy(area + address, wanted, length);
  store(address, length);
  if (here) cut_power();
}

uint32_t hal_flash_slot_size(void) { return options.slot; }
uint32_t hal_flash_sector_size(void) { return options.sector; }
uint32_t hal_flash_program_size(void) { return options.unit; }

bool hal_flash_read(uint32_t address, void *to, uint32_t length) {
  if (!inside(address, length)) return false;
  memcpy(to, area + address, length);
  return true;
}

bool hal_flash_erase(uint32_t address) {
  static uint8_t erased[MOST_AREA];
  if (!inside(address, options.sector) || address % options.sector != 0) return false;
  memset(erased, 0xff, options.sector);
  operate("erase", address, erased, options.sector);
  return true;
}

/** As strict as flash with check bits: a unit can be programmed only once between two erases. */
bool hal_flash_program(uint32_t address, const void *from, uint32_t length) {
  if (!inside(address, length) || address % options.unit != 0 || length % options.unit != 0) return false;
  for (uint32_t k = 0; k < length; k++) {
    if (area[address + k] != 0xff) return false;
  }
  operate("program", address, from, length);
  return true;
}

const uint8_t *hal_flash_map(uint32_t address, uint32_t length) {
  if (!inside(address, length) || length > sizeof mapped) return NULL;
  memset(mapped, 0xa5, sizeof mapped);
  memcpy(mapped, area + address, length);
  return mapped;
}
