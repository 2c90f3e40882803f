/** Registers of the RP2040 (its datasheet's chapter 2 to 4) that the board uses. */
#ifndef SPIKEWORD_RP2040_H
#define SPIKEWORD_RP2040_H

#include "../cortex-m/cortex-m.h"

/* Writing at these distances from a peripheral's register changes bits of it: section 2.1.2. */
#define SET_BITS 0x2000u
#define CLEAR_BITS 0x3000u

#define RESETS_RESET 0x4000c000u
#define RESETS_RESET_DONE REGISTER(0x4000c008)
#define RESET_DMA (1u << 2)
#define RESET_IO_BANK0 (1u << 5)
#define RESET_PADS_BANK0 (1u << 8)
#define RESET_PIO0 (1u << 10)
#define RESET_PLL_SYS (1u << 12)
#define RESET_PLL_USB (1u << 13)
#define RESET_USB (1u << 24)

/** Takes peripherals out of reset, after putting them in, and waits until they can be used. */
static inline void peripherals_reset(uint32_t which) {
  REGISTER(RESETS_RESET + SET_BITS) = which;
  REGISTER(RESETS_RESET + CLEAR_BITS) = which;
  while ((RESETS_RESET_DONE & which) != which) continue;
}

#define CLK_REF_CTRL REGISTER(0x40008030)
#define CLK_REF_SELECTED REGISTER(0x40008038)
#define CLK_REF_FROM_CRYSTAL 2u
#define CLK_SYS_CTRL REGISTER(0x4000803c)
#define CLK_SYS_SELECTED REGISTER(0x40008044)
#define CLK_SYS_FROM_REF 0u
#define CLK_SYS_FROM_PLL 1u
#define CLK_PERI_CTRL REGISTER(0x40008048)
#define CLK_USB_CTRL REGISTER(0x40008054)
#define CLK_ENABLE (1u << 11)

#define XOSC_CTRL REGISTER(0x40024000)
#define XOSC_ENABLE (0xfabu << 12 | 0xaa0u)
#define XOSC_STATUS REGISTER(0x40024004)
#define XOSC_STABLE (1u << 31)
#define XOSC_STARTUP REGISTER(0x4002400c)

#define PLL_SYS 0x40028000u
#define PLL_USB 0x4002c000u
#define PLL_CS(pll) REGISTER(pll)
#define PLL_LOCKED (1u << 31)
#define PLL_PWR(pll) ((pll) + 0x04u)
#define PLL_POWER_DOWN (1u << 0)
#define PLL_POSTDIV_DOWN (1u << 3)
#define PLL_VCO_DOWN (1u << 5)
#define PLL_FBDIV_INT(pll) REGISTER((pll) + 0x08u)
#define PLL_PRIM(pll) REGISTER((pll) + 0x0cu)

#define PSM_WDSEL REGISTER(0x40010008)
/** Everything but the oscillators. */
#define PSM_ALL 0x1fffcu
#define WATCHDOG_CTRL REGISTER(0x40058000)
#define WATCHDOG_TRIGGER (1u << 31)
#define WATCHDOG_ENABLE (1u << 30)
/** While a debugger has stopped a core. */
#define WATCHDOG_PAUSES (7u << 24)
#define WATCHDOG_LOAD REGISTER(0x40058004)
#define WATCHDOG_TICK REGISTER(0x4005802c)
#define WATCHDOG_TICK_ENABLE (1u << 9)
#define ROSC_RANDOMBIT REGISTER(0x4006001c)

#define GPIO_CTRL(pin) REGISTER(0x40014004 + 8 * (pin))
#define GPIO_SIO 5u
#define GPIO_PIO0 6u
#define PAD(pin) REGISTER(0x4001c004 + 4 * (pin))
#define PAD_INPUT (1u << 6)
#define PAD_4_MA (1u << 4)
#define PAD_PULL_DOWN (1u << 2)
#define PAD_SCHMITT (1u << 1)
#define SIO_OUT_SET REGISTER(0xd0000014)
#define SIO_OUT_CLEAR REGISTER(0xd0000018)
#define SIO_OUT_ENABLE_SET REGISTER(0xd0000024)

#define DMA_READ(channel) REGISTER(0x50000000 + 0x40 * (channel))
#define DMA_WRITE(channel) REGISTER(0x50000004 + 0x40 * (channel))
#define DMA_COUNT(channel) REGISTER(0x50000008 + 0x40 * (channel))
#define DMA_CTRL_TRIGGER(channel) REGISTER(0x5000000c + 0x40 * (channel))
/** The same register, without starting the channel. */
#define DMA_CTRL(channel) REGISTER(0x50000010 + 0x40 * (channel))
#define DMA_ENABLE (1u << 0)
#define DMA_WORDS (2u << 2)
#define DMA_INCREMENT_WRITE (1u << 5)
/** The write address wraps at a multiple of 2^bits. */
#define DMA_RING_WRITE(bits) ((uint32_t)(bits) << 6 | 1u << 10)
#define DMA_CHAIN_TO(channel) ((uint32_t)(channel) << 11)
#define DMA_WHEN_PIO0_RX0 (4u << 15)
#define DMA_INTE0 REGISTER(0x50000404)
#define DMA_INTS0 REGISTER(0x5000040c)
#define IRQ_DMA0 11

#define PIO0_CTRL REGISTER(0x50200000)
#define PIO0_RXF0 0x50200020u
#define PIO0_INSTRUCTION(k) REGISTER(0x50200048 + 4 * (k))
#define PIO0_CLKDIV REGISTER(0x502000c8)
#define PIO0_EXECCTRL REGISTER(0x502000cc)
#define PIO0_SHIFTCTRL REGISTER(0x502000d0)
#define PIO0_EXECUTE REGISTER(0x502000d8)
#define PIO0_PINCTRL REGISTER(0x502000dc)

#define USB_RAM 0x50100000u
#define USB_ADDRESS REGISTER(0x50110000)
#define USB_MAIN_CTRL REGISTER(0x50110040)
#define USB_SIE_CTRL REGISTER(0x5011004c)
#define USB_SIE_STATUS REGISTER(0x50110050)
#define USB_BUFF_STATUS REGISTER(0x50110058)
#define USB_STALL_ARM REGISTER(0x50110068)
#define USB_MUXING REGISTER(0x50110074)
#define USB_PWR REGISTER(0x50110078)
#define USB_INTE REGISTER(0x50110090)
#define USB_INTS REGISTER(0x50110098)
#define IRQ_USB 5

/** Flash, read in place. */
#define XIP_BASE 0x10000000u

#endif
