/** Registers of the Cortex-M processors, and functions that their boards share. */
#ifndef SPIKEWORD_CORTEX_M_H
#define SPIKEWORD_CORTEX_M_H

#include <stdbool.h>
#include <stdint.h>

#include "../../hal/hal.h"

#define REGISTER(address) (*(volatile uint32_t *)(uintptr_t)(address))

#define SYST_CSR REGISTER(0xe000e010)
#define SYST_RVR REGISTER(0xe000e014)
#define SYST_CVR REGISTER(0xe000e018)
#define NVIC_ISER(number) REGISTER(0xe000e100 + (number) / 32 * 4)
#define NVIC_ICER(number) REGISTER(0xe000e180 + (number) / 32 * 4)
#define SCB_ICSR REGISTER(0xe000ed04)
#define ICSR_SYSTICK_PENDING (1u << 26)
#define SCB_VTOR REGISTER(0xe000ed08)
#define SCB_AIRCR REGISTER(0xe000ed0c)
#define SCB_HFSR REGISTER(0xe000ed2c)
#define HFSR_DEBUG_EVENT (1u << 31)
#define SCB_DEMCR REGISTER(0xe000edfc)
#define DEMCR_TRACE_ENABLE (1u << 24)
#define DWT_CTRL REGISTER(0xe0001000)
#define DWT_CYCCNT REGISTER(0xe0001004)
/** The Cortex-M7 locks its DWT until this is written. */
#define DWT_LAR REGISTER(0xe0001fb0)

static inline void interrupt_enable(uint32_t number) { NVIC_ISER(number) = 1u << number % 32; }
static inline void interrupt_disable(uint32_t number) { NVIC_ICER(number) = 1u << number % 32; }

/** Each board defines this: handles an interrupt that it enabled. */
void board_interrupt(uint32_t number);

/** Starts the time and the counter of work, for a processor clock of this rate. */
void systick_start(uint32_t clock_hz);
void systick_interrupt(void);

/**
 * Returns a number that differs between boots, computed from a clock that goes on between them (0 if there is none),
 * the content of `noise`, the time and the nonce before.
 */
uint32_t boot_nonce(uint32_t clock, const volatile uint32_t *noise, uint32_t words);

#endif
