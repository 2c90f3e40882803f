/* Sizes that the linker knows, and the high-water mark of the stack. */
#include "memory-use.h"
#include "../../hal/hal.h"

extern uint32_t stack_bottom[], stack_top[], ram_end[];
extern const uint8_t firmware_bytes[];

uint32_t hal_stack_bytes(void) { return (uint32_t)((uintptr_t)stack_top - (uintptr_t)stack_bottom); }

uint32_t hal_ram_bytes(void) { return (uint32_t)((uintptr_t)ram_end - (uintptr_t)stack_bottom); }

uint32_t hal_firmware_bytes(void) { return (uint32_t)(uintptr_t)firmware_bytes; }

uint32_t hal_stack_high_water(void) {
  const uint32_t *at = stack_bottom;
  while (at < stack_top && *at == STACK_PAINT) at++;
  return (uint32_t)((uintptr_t)stack_top - (uintptr_t)at);
}
