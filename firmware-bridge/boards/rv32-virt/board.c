/* QEMU's RISC-V machine `virt` with one RV32IMC core: serial port, time and the counter of retired instructions. */
#include "virt.h"

#include "../../hal/hal.h"
#include "../shared/receive-ring.h"
#include "../shared/semihosting.h"

/* ns16550a */
#define UART(offset) (*(volatile uint8_t *)(uintptr_t)(0x10000000u + (offset)))
#define UART_DATA UART(0)
#define UART_INTERRUPTS UART(1)
#define UART_FIFO UART(2)
#define UART_LINE UART(3)
#define UART_STATUS UART(5)
#define IRQ_UART 10

/* The platform's interrupt controller, for machine mode of core 0 */
#define PLIC_PRIORITY(number) REGISTER(0x0c000000 + 4 * (number))
#define PLIC_ENABLE REGISTER(0x0c002000)
#define PLIC_THRESHOLD REGISTER(0x0c200000)
#define PLIC_CLAIM REGISTER(0x0c200004)

#define MTIME_LOW REGISTER(0x0200bff8)
#define MTIME_HIGH REGISTER(0x0200bffc)
#define MTIME_HZ 10000000u

#define TEST_FINISHER REGISTER(0x00100000)
#define FINISHER_RESET 0x7777u

#define CAUSE_EXTERNAL_INTERRUPT 0x8000000bu

static uint32_t nonce;

const char *hal_board(void) { return BOARD_NAME; }

void hal_start(void) {
  nonce = semihosting_clock() ^ (uint32_t)hal_ticks() * 0x9e3779b9u;
  if (nonce == 0) nonce = 1;
  UART_LINE = 0x03;
  UART_FIFO = 0x07;
  UART_INTERRUPTS = 1;
  PLIC_PRIORITY(IRQ_UART) = 1;
  PLIC_ENABLE = 1u << IRQ_UART;
  PLIC_THRESHOLD = 0;
  __asm__ volatile("csrs mie, %0" ::"r"(1u << 11));
  __asm__ volatile("csrsi mstatus, 8" ::: "memory");
}

uint32_t hal_nonce(void) { return nonce; }

_Noreturn void hal_restart(void) {
  for (;;) TEST_FINISHER = FINISHER_RESET;
}

/* Called by trap_entry. */
void trap(uint32_t cause);
void trap(uint32_t cause) {
  if (cause != CAUSE_EXTERNAL_INTERRUPT) hal_restart();
  const uint32_t number = PLIC_CLAIM;
  while ((UART_STATUS & 1u) != 0) receive_ring_put(UART_DATA);
  PLIC_CLAIM = number;
}

int hal_receive(void) { return receive_ring_take(); }

/* With interrupts masked, a byte that arrives just now still ends the sleep, and its handler runs afterwards. */
void hal_wait(void) {
  __asm__ volatile("csrci mstatus, 8" ::: "memory");
  if (receive_ring_empty()) __asm__ volatile("wfi" ::: "memory");
  __asm__ volatile("csrsi mstatus, 8" ::: "memory");
}

void hal_send(const uint8_t *bytes, uint32_t length) {
  for (uint32_t k = 0; k < length; k++) {
    while ((UART_STATUS & 0x20u) == 0) continue;
    UART_DATA = bytes[k];
  }
}

uint64_t hal_ticks(void) {
  uint32_t high, low;
  do {
    high = MTIME_HIGH;
    low = MTIME_LOW;
  } while (high != MTIME_HIGH);
  return (uint64_t)high << 32 | low;
}

uint32_t hal_ticks_per_second(void) { return MTIME_HZ; }

uint64_t hal_count(void) {
  uint32_t high, low, again;
  do {
    __asm__ volatile("csrr %0, minstreth\n csrr %1, minstret\n csrr %2, minstreth"
                     : "=r"(high), "=r"(low), "=r"(again));
  } while (high != again);
  return (uint64_t)high << 32 | low;
}

uint8_t hal_count_unit(void) { return HAL_COUNT_INSTRUCTIONS; }

/* Every single instruction is counted, so there is no phase. */
void hal_count_align(void) {}
