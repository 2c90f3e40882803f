/*
 * STM32F405 as on Netduino Plus 2, Pyboard and Feather STM32F405: clock, serial port and nonce. The clock comes from
 * the internal oscillator, which is the same on all of them. The serial port is USART1 on PB6 (TX) and PB7 (RX).
 */
#include "flash.h"
#include "stm32f405.h"

#include "../shared/receive-ring.h"
#include "../shared/semihosting.h"

#define CLOCK_HZ 168000000u

static uint32_t nonce;

const char *hal_board(void) { return BOARD_NAME; }

/* 16 MHz / 16 · 336 / 2 = 168 MHz, buses at 42 and 84 MHz; 16 / 16 · 336 / 7 = 48 MHz for the random numbers. */
static void start_clock(void) {
  /* If the chip's loader started the firmware, its clock is still running. */
  RCC_CR |= 1u << 0;
  while ((RCC_CR & 1u << 1) == 0) continue;
  RCC_CFGR &= ~3u;
  while ((RCC_CFGR >> 2 & 3u) != 0) continue;
  RCC_CR &= ~(1u << 24);
  while ((RCC_CR & 1u << 25) != 0) continue;
  FLASH_ACR = ACR_FIVE_WAIT_STATES | ACR_PREFETCH | ACR_INSTRUCTION_CACHE | ACR_DATA_CACHE;
  RCC_PLLCFGR = 16u | 336u << 6 | 0u << 16 | 7u << 24;
  RCC_CR |= 1u << 24;
  while ((RCC_CR & 1u << 25) == 0) continue;
  RCC_CFGR = 5u << 10 | 4u << 13; /* APB1 / 4, APB2 / 2 */
  RCC_CFGR |= 2u;
  while ((RCC_CFGR >> 2 & 3u) != 2u) continue;
}

static void start_pins(void) {
  RCC_AHB1ENR |= 1u << 1;
  RCC_APB2ENR |= 1u << 4;
  GPIOB_AFRL = (GPIOB_AFRL & 0x00ffffffu) | 0x77000000u;
  GPIOB_PUPDR = (GPIOB_PUPDR & ~(15u << 12)) | 4u << 12; /* pulled up: an open line is idle */
  GPIOB_MODER = (GPIOB_MODER & ~(15u << 12)) | 10u << 12;
}

static uint32_t random_number(void) {
  RCC_AHB2ENR |= 1u << 6;
  (void)RCC_AHB2ENR; /* a peripheral needs two clocks before its first access (errata ES0182) */
  RNG_CR = 1u << 2;
  for (uint32_t patience = 100000; patience > 0; patience--) {
    if ((RNG_SR & 1u) != 0) return RNG_DR;
  }
  return 0;
}

void hal_start(void) {
  uint32_t random = 0;
  if (on_silicon()) {
    start_clock();
    start_pins();
    random = random_number();
  }
  systick_start(CLOCK_HZ);
  nonce = boot_nonce(semihosting_clock(), &random, 1);
  USART1_BRR = CLOCK_HZ / 2 / BAUD_RATE;
  USART1_CR1 = 1u << 13 | 1u << 5 | 1u << 3 | 1u << 2; /* on, receive interrupt, transmit, receive */
  interrupt_enable(IRQ_USART1);
  flash_start();
}

uint32_t hal_nonce(void) { return nonce; }

void board_interrupt(uint32_t number) {
  (void)number;
  /* An overrun alone also raises the interrupt; it is cleared only by reading the status and then the data. */
  for (uint32_t status; ((status = USART1_SR) & (SR_RECEIVED | SR_OVERRUN)) != 0;) {
    const uint8_t byte = (uint8_t)USART1_DR;
    if ((status & SR_RECEIVED) != 0) receive_ring_put(byte);
  }
}

void hal_send(const uint8_t *bytes, uint32_t length) {
  for (uint32_t k = 0; k < length; k++) {
    while ((USART1_SR & 1u << 7) == 0) continue;
    USART1_DR = bytes[k];
  }
}
