/*
 * Models in the module's SPI NOR flash, an S25FL128S: sectors of 64 KB, four per slot, and pages of 256 bytes. The
 * flash is not in the processor's address space, so a model is copied to DDR memory, where the kernel reads it.
 */
#include "spi-flash.h"

#include <string.h>

#include "../cortex-m/cortex-m.h"
#include "../shared/flash-range.h"

#define SECTOR_BYTES 0x10000u
#define SLOT_BYTES (4 * SECTOR_BYTES)
#define PAGE_BYTES 256u
#define COPY ((uint8_t *)0xa0000000u)

#define SPI_CONTROL REGISTER(0x40001000)
#define CONTROL_ENABLE (1u << 0)
#define CONTROL_MASTER (1u << 1)
#define CONTROL_FRAMES(count) ((uint32_t)(count) << 8)
/** Selects the flash for the whole announced number of frames. */
#define CONTROL_SELECT_ALL (1u << 26)
#define CONTROL_BIG_FIFO (1u << 29)
#define CONTROL_RESET (1u << 31)
#define SPI_FRAME_BITS REGISTER(0x40001004)
#define SPI_STATUS REGISTER(0x40001008)
#define STATUS_RECEIVE_EMPTY (1u << 6)
#define SPI_RECEIVE REGISTER(0x40001010)
#define SPI_TRANSMIT REGISTER(0x40001014)
#define SPI_CLOCK REGISTER(0x40001018)
#define SPI_SELECT REGISTER(0x4000101c)

enum { READ = 0x03, PROGRAM = 0x02, ERASE = 0xd8, READ_STATUS = 0x05, WRITE_ENABLE = 0x06, CLEAR_STATUS = 0x30 };
#define FLASH_BUSY 1u
#define FLASH_FAILED 0x60u

uint32_t hal_flash_slot_size(void) { return SLOT_BYTES; }
uint32_t hal_flash_sector_size(void) { return SECTOR_BYTES; }
uint32_t hal_flash_program_size(void) { return 4; }

void spi_flash_start(void) {
  SPI_CONTROL = CONTROL_RESET;
  SPI_CONTROL = 0;
  SPI_FRAME_BITS = 8;
  SPI_CLOCK = 3; /* 71 MHz / 8 */
  SPI_SELECT = 1;
}

static void begin(uint32_t bytes) {
  const uint32_t control = CONTROL_MASTER | CONTROL_SELECT_ALL | CONTROL_BIG_FIFO | CONTROL_FRAMES(bytes);
  SPI_CONTROL = control;
  SPI_CONTROL = control | CONTROL_ENABLE;
}

static uint8_t exchange(uint8_t out) {
  SPI_TRANSMIT = out;
  while ((SPI_STATUS & STATUS_RECEIVE_EMPTY) != 0) continue;
  return (uint8_t)SPI_RECEIVE;
}

static void command(uint8_t code, uint32_t address, uint32_t more) {
  begin(4 + more);
  exchange(code);
  exchange((uint8_t)(address >> 16));
  exchange((uint8_t)(address >> 8));
  exchange((uint8_t)address);
}

static void instruct(uint8_t code) {
  begin(1);
  exchange(code);
}

/** Waits until the flash has finished; true if there was no error. */
static bool finished(void) {
  for (;;) {
    begin(2);
    exchange(READ_STATUS);
    const uint8_t status = exchange(0);
    if ((status & FLASH_FAILED) != 0) {
      /* the flash stays busy until its errors are cleared */
      instruct(CLEAR_STATUS);
      return false;
    }
    if ((status & FLASH_BUSY) == 0) return true;
  }
}

bool hal_flash_read(uint32_t address, void *to, uint32_t length) {
  if (!flash_range_valid(address, length)) return false;
  uint8_t *bytes = to;
  /* A transfer counts its frames in 16 bits. */
  while (length > 0) {
    const uint32_t now = length < 0x8000u ? length : 0x8000u;
    command(READ, address, now);
    for (uint32_t k = 0; k < now; k++) *bytes++ = exchange(0);
    address += now;
    length -= now;
  }
  return true;
}

bool hal_flash_erase(uint32_t address) {
  if (!flash_erasable(address)) return false;
  instruct(WRITE_ENABLE);
  command(ERASE, address, 0);
  return finished();
}

bool hal_flash_program(uint32_t address, const void *from, uint32_t length) {
  if (!flash_programmable(address, length)) return false;
  const uint8_t *bytes = from;
  while (length > 0) {
    const uint32_t page = PAGE_BYTES - address % PAGE_BYTES;
    const uint32_t now = length < page ? length : page;
    instruct(WRITE_ENABLE);
    command(PROGRAM, address, now);
    for (uint32_t k = 0; k < now; k++) exchange(*bytes++);
    if (!finished()) return false;
    address += now;
    length -= now;
  }
  return true;
}

const uint8_t *hal_flash_map(uint32_t address, uint32_t length) {
  return hal_flash_read(address, COPY, length) ? COPY : NULL;
}
