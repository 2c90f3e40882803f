/* hal_receive for boards whose serial interrupt fills the ring. */
#include "cortex-m.h"

#include "../shared/receive-ring.h"

int hal_receive(void) { return receive_ring_take(); }

/* With interrupts masked, what arrives just now still ends the sleep, and its handler runs afterwards. */
void hal_wait(void) {
  __asm__ volatile("cpsid i" ::: "memory");
  if (receive_ring_empty() && !hal_microphone_ready()) __asm__ volatile("dsb\n wfi" ::: "memory");
  __asm__ volatile("cpsie i\n isb" ::: "memory");
}
