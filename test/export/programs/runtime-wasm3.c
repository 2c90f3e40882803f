/* wasm3, which reads the module in place and compiles what is called into RAM. */
#include "runtime.h"

#pragma GCC diagnostic ignored "-Wundef"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wfloat-conversion"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include WASM3_HEADER

#define STACK_BYTES 4096
#define PAINT 0xa5

static IM3Runtime runtime;
static IM3Function functions[FUNCTIONS];

const char *runtime_load(const uint8_t *module, uint32_t length) {
  IM3Environment environment = m3_NewEnvironment();
  runtime = m3_NewRuntime(environment, STACK_BYTES, NULL);
  if (runtime == NULL) return "no memory";
  memset(runtime->stack, PAINT, STACK_BYTES);
  IM3Module loaded;
  M3Result wrong = m3_ParseModule(environment, &loaded, module, length);
  if (wrong == NULL) wrong = m3_LoadModule(runtime, loaded);
  for (uint32_t k = 0; wrong == NULL && k < FUNCTIONS; k++)
    wrong = m3_FindFunction(&functions[k], runtime, function_names[k]);
  return wrong;
}

uint32_t runtime_call(uint32_t function, uint32_t argument) {
  char digits[12];
  uint32_t at = sizeof digits - 1;
  digits[at] = 0;
  do digits[--at] = (char)('0' + (char)(argument % 10));
  while ((argument /= 10) > 0);
  const char *arguments[] = {digits + at};
  if (m3_CallWithArgs(functions[function], function == QUERY || function == HEAR, arguments) != NULL) return 0xdead;
  return *(const uint32_t *)runtime->stack;
}

uint8_t *runtime_memory(uint32_t address) {
  uint32_t bytes;
  return m3_GetMemory(runtime, &bytes, 0) + address;
}

uint32_t runtime_memory_bytes(void) {
  uint32_t bytes = 0;
  m3_GetMemory(runtime, &bytes, 0);
  return bytes;
}

uint32_t runtime_stack_used(void) {
  const uint8_t *stack = runtime->stack;
  uint32_t used = STACK_BYTES;
  while (used > 0 && stack[used - 1] == PAINT) used--;
  return used;
}
