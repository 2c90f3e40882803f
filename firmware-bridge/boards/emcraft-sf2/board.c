/* Emcraft's SmartFusion2 module: Cortex-M3 at 142 MHz, MMUART 0. */
#include "spi-flash.h"

#include "../cortex-m/cortex-m.h"
#include "../shared/receive-ring.h"
#include "../shared/semihosting.h"

#define CLOCK_HZ 142000000u
#define UART_CLOCK_HZ (CLOCK_HZ / 2)

/** Keeps peripherals in reset; hal_start releases MMUART 0 and SPI 0. */
#define SOFT_RESET REGISTER(0x40038048)

/* MMUART 0, which is a 16550 */
#define UART_DATA REGISTER(0x40000000)
#define UART_INTERRUPTS REGISTER(0x40000004)
#define UART_FIFO REGISTER(0x40000008)
#define UART_LINE REGISTER(0x4000000c)
#define UART_STATUS REGISTER(0x40000014)
#define IRQ_MMUART0 10

static uint32_t nonce;

const char *hal_board(void) { return BOARD_NAME; }

void hal_start(void) {
  extern uint32_t ram_end[];
  SOFT_RESET &= ~(1u << 7 | 1u << 9);
  systick_start(CLOCK_HZ);
  /* The RAM above the firmware's has random content after power-on. */
  nonce = boot_nonce(semihosting_clock(), ram_end, 64);
  const uint32_t divisor = (UART_CLOCK_HZ + 8 * BAUD_RATE) / (16 * BAUD_RATE);
  UART_LINE = 0x83; /* 8 bits; selects the registers of the divisor */
  UART_DATA = divisor & 0xff;
  UART_INTERRUPTS = divisor >> 8;
  UART_LINE = 0x03;
  UART_FIFO = 0x07;
  UART_INTERRUPTS = 1; /* data received */
  interrupt_enable(IRQ_MMUART0);
  spi_flash_start();
}

uint32_t hal_nonce(void) { return nonce; }

void board_interrupt(uint32_t number) {
  (void)number;
  while ((UART_STATUS & 1u) != 0) receive_ring_put((uint8_t)UART_DATA);
}

void hal_send(const uint8_t *bytes, uint32_t length) {
  for (uint32_t k = 0; k < length; k++) {
    while ((UART_STATUS & 0x20u) == 0) continue;
    UART_DATA = bytes[k];
  }
}
