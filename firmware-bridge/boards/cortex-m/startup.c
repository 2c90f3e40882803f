/* Vectors, the code from reset to main, and faults. */
#include "cortex-m.h"

#include "../shared/memory-use.h"

extern uint32_t stack_bottom[], stack_top[], data_start[], data_end[], bss_start[], bss_end[];
extern const uint32_t data_image[], text_start[], text_end[];
int main(void);

void reset(void) {
  /* If the chip's own loader starts the firmware, the loader's vectors are at 0. */
  SCB_VTOR = (uint32_t)(uintptr_t)text_start;
  uint32_t *here;
  __asm__ volatile("mov %0, sp" : "=r"(here));
  for (volatile uint32_t *at = stack_bottom; at < here; at++) *at = STACK_PAINT;
  const uint32_t *from = data_image;
  for (volatile uint32_t *to = data_start; to < data_end;) *to++ = *from++;
  for (volatile uint32_t *at = bss_start; at < bss_end;) *at++ = 0;
  main();
  hal_restart();
}

static void other_exception(void) { hal_restart(); }

#ifdef __ARM_ARCH_6M__

static void fault_entry(void) { hal_restart(); }

#else

#define BREAKPOINT_SEMIHOSTING 0xbeabu

/* The registers that an exception pushed. */
struct exception_frame {
  uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr;
};

/**
 * Whether `pc` is in the code of the firmware. Reading elsewhere may fault again, and a fault in the fault handler
 * halts the processor.
 */
static bool in_text(uint32_t pc) {
  return pc % 2 == 0 && pc >= (uint32_t)(uintptr_t)text_start && pc < (uint32_t)(uintptr_t)text_end;
}

/*
 * A semihosting breakpoint faults if there is no debugger: it is stepped over and its call fails. Any other fault is a
 * defect and restarts the board; the host sees the new nonce.
 */
__attribute__((used)) static void fault(struct exception_frame *frame) {
  if (in_text(frame->pc) && *(const uint16_t *)(uintptr_t)frame->pc == BREAKPOINT_SEMIHOSTING) {
    frame->r0 = UINT32_MAX;
    frame->pc += 2;
    SCB_HFSR = HFSR_DEBUG_EVENT;
    return;
  }
  hal_restart();
}

/* After a stack overflow there is no exception frame to read, and no stack for a C function. */
__attribute__((naked)) static void fault_entry(void) {
  __asm__ volatile(
      "mrs r0, msp\n"
      "ldr r1, =stack_bottom\n"
      "cmp r0, r1\n"
      "bhs fault\n"
      "ldr r0, =stack_top\n"
      "msr msp, r0\n"
      "b hal_restart");
}

#endif

static void interrupt(void) {
  uint32_t number;
  __asm__ volatile("mrs %0, ipsr" : "=r"(number));
  board_interrupt(number - 16);
}

/**
 * 16 exceptions of the processor and 96 interrupts, which is more than any board here has. VTOR needs an alignment of
 * 512 bytes.
 */
__attribute__((section(".vectors"), used, aligned(512))) static void (*const vectors[16 + 96])(void) = {
    [0] = (void (*)(void))stack_top,
    [1] = reset,
    [2] = other_exception, /* NMI */
    [3] = fault_entry,     /* hard fault; the others escalate to it */
    [4 ... 14] = other_exception,
    [15] = systick_interrupt,
    [16 ... 111] = interrupt,
};
