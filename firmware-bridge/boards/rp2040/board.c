/*
 * RP2040 as on Raspberry Pi Pico: clocks, nonce and restart. The crystal has 12 MHz. usb.c is the serial port, flash.c
 * the model area, and microphone.c an I2S microphone.
 */
#include "board.h"

#include "rp2040.h"

static uint32_t nonce;

const char *hal_board(void) { return BOARD_NAME; }

/* 12 MHz · multiplier / first / second. */
static void start_pll(uint32_t pll, uint32_t multiplier, uint32_t first, uint32_t second) {
  PLL_CS(pll) = 1; /* the crystal, undivided */
  PLL_FBDIV_INT(pll) = multiplier;
  REGISTER(PLL_PWR(pll) + CLEAR_BITS) = PLL_POWER_DOWN | PLL_VCO_DOWN;
  while ((PLL_CS(pll) & PLL_LOCKED) == 0) continue;
  PLL_PRIM(pll) = first << 16 | second << 12;
  REGISTER(PLL_PWR(pll) + CLEAR_BITS) = PLL_POSTDIV_DOWN;
}

static void start_clocks(void) {
  XOSC_STARTUP = 188; /* times 256 periods: 4 ms */
  XOSC_CTRL = XOSC_ENABLE;
  while ((XOSC_STATUS & XOSC_STABLE) == 0) continue;
  CLK_REF_CTRL = CLK_REF_FROM_CRYSTAL;
  while (CLK_REF_SELECTED != 1u << CLK_REF_FROM_CRYSTAL) continue;
  CLK_SYS_CTRL = CLK_SYS_FROM_REF;
  while (CLK_SYS_SELECTED != 1u << CLK_SYS_FROM_REF) continue;
  peripherals_reset(RESET_PLL_SYS | RESET_PLL_USB);
  start_pll(PLL_SYS, 125, 6, 2); /* 125 MHz */
  start_pll(PLL_USB, 100, 5, 5); /* 48 MHz */
  CLK_SYS_CTRL = CLK_SYS_FROM_PLL;
  while (CLK_SYS_SELECTED != 1u << CLK_SYS_FROM_PLL) continue;
  CLK_PERI_CTRL = CLK_ENABLE;
  CLK_USB_CTRL = CLK_ENABLE;
}

/* The ring oscillator runs beside the crystal, and its bit is random where the two beat. */
static uint32_t random_bits(void) {
  uint32_t bits = 0;
  for (uint32_t k = 0; k < 32; k++) {
    bits = bits << 1 | (ROSC_RANDOMBIT & 1u);
    for (volatile uint32_t pause = 0; pause < 8; pause++) continue;
  }
  return bits;
}

void hal_start(void) {
  start_clocks();
  watchdog_start();
  systick_start(CLOCK_HZ);
  const uint32_t random[2] = {random_bits(), random_bits()};
  nonce = boot_nonce(0, random, 2);
  peripherals_reset(RESET_IO_BANK0 | RESET_PADS_BANK0);
  led_start();
  flash_start();
  usb_start();
}

uint32_t hal_nonce(void) { return nonce; }

void board_interrupt(uint32_t number) {
  if (number == IRQ_USB) usb_interrupt();
  else microphone_interrupt();
}

/* With interrupts masked, what arrives just now still ends the sleep, and its handler runs afterwards. */
void hal_wait(void) {
  __asm__ volatile("cpsid i" ::: "memory");
  if (!usb_received() && !hal_microphone_ready()) __asm__ volatile("dsb\n wfi" ::: "memory");
  __asm__ volatile("cpsie i\n isb" ::: "memory");
}

static bool in_handler(void) {
  uint32_t number;
  __asm__ volatile("mrs %0, ipsr" : "=r"(number));
  return number != 0;
}

_Noreturn void hal_restart(void) {
  if (!in_handler()) usb_finish(); /* the answer to the request for it */
  PSM_WDSEL = PSM_ALL;             /* a fault may come before the watchdog is on */
  for (;;) WATCHDOG_CTRL = WATCHDOG_TRIGGER;
}
