#include "cortex-m.h"

_Noreturn void hal_restart(void) {
  __asm__ volatile("dsb" ::: "memory");
  SCB_AIRCR = 0x05fa0000u | (1u << 2);
  for (;;) __asm__ volatile("dsb");
}
