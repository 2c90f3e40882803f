/*
 * ARM's MPS2 FPGA board with one of its Cortex-M images, AN385, AN386 or AN500: 25 MHz, serial port 0, no flash. A
 * model area in PSRAM replaces flash. It is also written to a file on the computer that emulates or debugs the board;
 * without a file it lasts until power-off.
 */
#include "../cortex-m/cortex-m.h"
#include "../shared/flash-range.h"
#include "../shared/receive-ring.h"
#include "../shared/semihosting.h"

#include <string.h>

#define CLOCK_HZ 25000000u

/* CMSDK APB UART */
#define UART_DATA REGISTER(0x40004000)
#define UART_STATE REGISTER(0x40004004)
#define UART_CTRL REGISTER(0x40004008)
#define UART_INTERRUPTS REGISTER(0x4000400c)
#define UART_BAUDDIV REGISTER(0x40004010)
#define STATE_TRANSMIT_FULL (1u << 0)
#define STATE_RECEIVE_FULL (1u << 1)
#define CTRL_TRANSMIT (1u << 0)
#define CTRL_RECEIVE (1u << 1)
#define CTRL_RECEIVE_INTERRUPT (1u << 3)
#define INTERRUPT_RECEIVE (1u << 1)
#define IRQ_UART0_RECEIVE 0

#define SLOT_BYTES 0x40000u
#define SECTOR_BYTES 0x1000u
#define AREA_BYTES (2 * SLOT_BYTES)
/* 16 MB, at the address of the image. */
extern uint8_t psram[];
#define AREA psram

static int32_t file;
static uint32_t nonce;

const char *hal_board(void) { return BOARD_NAME; }

void hal_start(void) {
  nonce = boot_nonce((const volatile uint32_t *)AREA, 64);
  systick_start(CLOCK_HZ);
  UART_BAUDDIV = CLOCK_HZ / BAUD_RATE;
  UART_CTRL = CTRL_TRANSMIT | CTRL_RECEIVE | CTRL_RECEIVE_INTERRUPT;
  interrupt_enable(IRQ_UART0_RECEIVE);
  file = semihosting_open();
  if (file < 0 || !semihosting_read(file, 0, AREA, AREA_BYTES)) {
    file = -1;
    memset(AREA, 0xff, AREA_BYTES);
  }
}

uint32_t hal_nonce(void) { return nonce; }

void board_interrupt(uint32_t number) {
  (void)number;
  UART_INTERRUPTS = INTERRUPT_RECEIVE;
  while (UART_STATE & STATE_RECEIVE_FULL) receive_ring_put((uint8_t)UART_DATA);
}

void hal_send(const uint8_t *bytes, uint32_t length) {
  for (uint32_t k = 0; k < length; k++) {
    while (UART_STATE & STATE_TRANSMIT_FULL) continue;
    UART_DATA = bytes[k];
  }
}

uint32_t hal_flash_slot_size(void) { return SLOT_BYTES; }
uint32_t hal_flash_sector_size(void) { return SECTOR_BYTES; }
uint32_t hal_flash_program_size(void) { return 4; }

bool hal_flash_read(uint32_t address, void *to, uint32_t length) {
  if (!flash_range_valid(address, length)) return false;
  memcpy(to, AREA + address, length);
  return true;
}

static bool write_through(uint32_t address, uint32_t length) {
  return file < 0 || semihosting_write(file, address, AREA + address, length);
}

bool hal_flash_erase(uint32_t address) {
  if (!flash_erasable(address)) return false;
  memset(AREA + address, 0xff, SECTOR_BYTES);
  return write_through(address, SECTOR_BYTES);
}

bool hal_flash_program(uint32_t address, const void *from, uint32_t length) {
  if (!flash_programmable(address, length)) return false;
  const uint8_t *bytes = from;
  for (uint32_t k = 0; k < length; k++) AREA[address + k] &= bytes[k];
  return write_through(address, length);
}

const uint8_t *hal_flash_map(uint32_t address, uint32_t length) {
  return address % 4 == 0 && flash_range_valid(address, length) ? AREA + address : NULL;
}
