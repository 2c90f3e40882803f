/*
 * Time and the counter of work.
 *
 * SysTick runs freely at the processor's clock; its interrupt, every 2^24 ticks, counts the rounds. Silicon counts
 * cycles with DWT_CYCCNT, which QEMU does not have. Under -icount shift=0 an instruction takes a nanosecond of QEMU's
 * virtual time. SysTick follows that time, so it counts instructions in steps of 1e9 / clock: 40 at 25 MHz. For a finer
 * count, hal_count waits for the next tick in a loop of VERNIER_INSTRUCTIONS and subtracts the wait. It also leaves its
 * own instructions out of the count, so two calls in a row differ by almost nothing.
 *
 * hal_count_align restarts SysTick. Work that begins after it begins at a fixed point between two ticks, so the same
 * work gives the same count, to the instruction. The resolution is VERNIER_INSTRUCTIONS, which is 4, at 25 MHz. If the
 * clock is too fast to wait for a tick, it is 1e9 / clock: 8 at 142 MHz and 6 at 168 MHz.
 *
 * A Cortex-M0+ has no DWT_CYCCNT. Its emulator counts cycles, as the chip does, and SysTick has them all.
 */
#include "cortex-m.h"

#define ROUND (1u << 24)
#define VERNIER_INSTRUCTIONS 4
/** The fastest clock at which the wait can see a tick end before the next one does. */
#define VERNIER_CLOCK_HZ 25000000u

static uint32_t clock_hz;
static volatile uint32_t rounds;
/** Ticks before SysTick was last restarted. */
static uint64_t ticks_before;

void systick_interrupt(void) { rounds++; }

static uint32_t interrupts_off(void) {
  uint32_t mask;
  __asm__ volatile("mrs %0, primask\n cpsid i" : "=r"(mask)::"memory");
  return mask;
}

static void interrupts_restore(uint32_t mask) { __asm__ volatile("msr primask, %0" ::"r"(mask) : "memory"); }

/*
 * Called with interrupts off. A round ends, and its interrupt becomes pending, when the value reaches 0. The value is
 * also 0 for a moment after a restart, before it is loaded. If a round has ended uncounted, the value is read again.
 */
static uint64_t ticks_since_restart(void) {
  uint32_t value = SYST_CVR;
  uint32_t whole = rounds;
  if (SCB_ICSR & ICSR_SYSTICK_PENDING) {
    whole++;
    value = SYST_CVR;
  }
  return (uint64_t)whole * ROUND + ((ROUND - value) & (ROUND - 1));
}

uint64_t hal_ticks(void) {
  const uint32_t mask = interrupts_off();
  const uint64_t now = ticks_before + ticks_since_restart();
  interrupts_restore(mask);
  return now;
}

uint32_t hal_ticks_per_second(void) { return clock_hz; }

static void start_ticks(uint32_t hz) {
  clock_hz = hz;
  SYST_RVR = ROUND - 1;
  SYST_CVR = 0;
  SYST_CSR = 7; /* processor clock, interrupt, on */
}

#ifdef __ARM_ARCH_6M__

uint8_t hal_count_unit(void) { return HAL_COUNT_CYCLES; }

uint64_t hal_count(void) { return hal_ticks(); }

void hal_count_align(void) {}

void systick_start(uint32_t hz) { start_ticks(hz); }

#else

static bool has_cycle_counter;
static uint64_t cycles;
static uint32_t last_cyccnt;
/**
 * Instructions before SysTick was last restarted, instructions spent in hal_count, and the last count that it returned.
 */
static uint64_t instructions_before;
static uint64_t spent;
static uint64_t last_count;
/** Instructions of a call of hal_count without the wait. */
static uint32_t call_instructions;

uint8_t hal_count_unit(void) { return has_cycle_counter ? HAL_COUNT_CYCLES : HAL_COUNT_INSTRUCTIONS; }

/* For a clock of whole kilohertz. */
static uint64_t in_instructions(uint64_t ticks) { return ticks * 1000000u / (clock_hz / 1000u); }

void hal_count_align(void) {
  if (has_cycle_counter) return;
  const uint32_t mask = interrupts_off();
  const uint64_t ticks = ticks_since_restart() + 1;
  ticks_before += ticks;
  instructions_before += in_instructions(ticks);
  rounds = 0;
  SYST_CVR = 0;
  SCB_ICSR = ICSR_SYSTICK_PENDING >> 1; /* no longer pending */
  interrupts_restore(mask);
}

/** Counts the turns of a loop of VERNIER_INSTRUCTIONS until SysTick changes. */
static uint32_t wait_for_tick(void) {
  uint32_t turns = 0, now;
  const uint32_t first = SYST_CVR;
  __asm__ volatile(
      "1: ldr %1, [%2]\n"
      "adds %0, #1\n"
      "cmp %1, %3\n"
      "beq 1b"
      : "+l"(turns), "=&l"(now)
      : "l"(&SYST_CVR), "l"(first)
      : "cc", "memory");
  return turns;
}

static uint64_t instructions_now(void) {
  const uint32_t mask = interrupts_off();
  const uint32_t waited = clock_hz > VERNIER_CLOCK_HZ ? 0 : wait_for_tick() * VERNIER_INSTRUCTIONS;
  const uint64_t entered = instructions_before + in_instructions(ticks_since_restart()) - waited - spent;
  spent += waited + call_instructions;
  /* The length of a call varies by an instruction or two, but the count must not go backwards. */
  if (last_count < entered) last_count = entered;
  interrupts_restore(mask);
  return last_count;
}

static uint64_t cycles_now(void) {
  const uint32_t now = DWT_CYCCNT;
  cycles += now - last_cyccnt;
  last_cyccnt = now;
  return cycles;
}

uint64_t hal_count(void) { return has_cycle_counter ? cycles_now() : instructions_now(); }

static bool start_cycle_counter(void) {
  SCB_DEMCR |= DEMCR_TRACE_ENABLE;
  DWT_LAR = 0xc5acce55u;
  DWT_CYCCNT = 0;
  DWT_CTRL |= 1;
  for (volatile int k = 0; k < 16; k++) continue;
  return DWT_CYCCNT != 0;
}

void systick_start(uint32_t hz) {
  start_ticks(hz);
  has_cycle_counter = start_cycle_counter();
  if (has_cycle_counter) return;
  hal_count_align();
  const uint64_t first = hal_count();
  call_instructions = (uint32_t)(hal_count() - first);
}

#endif
