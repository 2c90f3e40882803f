/* No runtime: what a program takes besides it. */
#include "runtime.h"

const char *runtime_load(const uint8_t *module, uint32_t length) {
  (void)module;
  (void)length;
  return function_names[0];
}

uint32_t runtime_call(uint32_t function, uint32_t argument) { return function + argument; }
uint8_t *runtime_memory(uint32_t address) { return (uint8_t *)(uintptr_t)address; }
uint32_t runtime_memory_bytes(void) { return 0; }
uint32_t runtime_stack_used(void) { return 0; }
