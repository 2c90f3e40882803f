/*
 * WAMR, which changes the code of a module while it loads it, but reads the data where it is. So the module is given
 * section by section, and only the code is copied to RAM.
 */
#include "runtime.h"

#include <stdlib.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wundef"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include WAMR_HEADER

#define STACK_BYTES 4096
#define CODE 10
#define MOST_SECTIONS 16

static wasm_module_inst_t instance;
static wasm_exec_env_t environment;
static wasm_function_inst_t functions[FUNCTIONS];
static char error[128];

/* The newest block, which holds the stack after the environment has been created. */
static uint8_t *newest;
static uint32_t newest_bytes;

static void *take(unsigned int bytes) {
  newest_bytes = bytes;
  newest = malloc(bytes);
  return newest;
}

static uint32_t leb(const uint8_t **at) {
  uint32_t value = 0;
  for (uint32_t shift = 0;; shift += 7) {
    const uint8_t byte = *(*at)++;
    value |= (uint32_t)(byte & 127) << shift;
    if (byte < 128) return value;
  }
}

static wasm_module_t load_in_place(const uint8_t *module, uint32_t length) {
  static wasm_section_t sections[MOST_SECTIONS];
  const uint8_t *at = module + 8; /* behind magic and version */
  uint32_t count = 0;
  while (at < module + length && count < MOST_SECTIONS) {
    wasm_section_t *section = &sections[count];
    if (count > 0) sections[count - 1].next = section;
    count++;
    section->section_type = *at++;
    section->section_body_size = leb(&at);
    section->section_body = (uint8_t *)(uintptr_t)at;
    if (COPY_CODE && section->section_type == CODE) {
      section->section_body = malloc(section->section_body_size);
      if (section->section_body == NULL) return NULL;
      memcpy(section->section_body, at, section->section_body_size);
    }
    at += section->section_body_size;
  }
  return wasm_runtime_load_from_sections(sections, false, error, sizeof error);
}

const char *runtime_load(const uint8_t *module, uint32_t length) {
  RuntimeInitArgs args = {.mem_alloc_type = Alloc_With_Allocator};
  args.mem_alloc_option.allocator.malloc_func = (void *)take;
  args.mem_alloc_option.allocator.realloc_func = (void *)realloc;
  args.mem_alloc_option.allocator.free_func = (void *)free;
  if (!wasm_runtime_full_init(&args)) return "no runtime";
  wasm_module_t loaded = load_in_place(module, length);
  if (loaded != NULL) instance = wasm_runtime_instantiate(loaded, 0, 0, error, sizeof error);
  if (instance != NULL) environment = wasm_runtime_create_exec_env(instance, STACK_BYTES);
  if (environment == NULL) return error;
  for (uint32_t k = 0; k < FUNCTIONS; k++) {
    functions[k] = wasm_runtime_lookup_function(instance, function_names[k], NULL);
    if (functions[k] == NULL) return function_names[k];
  }
  return NULL;
}

uint32_t runtime_call(uint32_t function, uint32_t argument) {
  uint32_t values[1] = {argument};
  const uint32_t count = function == QUERY || function == HEAR;
  return wasm_runtime_call_wasm(environment, functions[function], count, values) ? values[0] : 0xdead;
}

uint8_t *runtime_memory(uint32_t address) { return wasm_runtime_addr_app_to_native(instance, address); }

uint32_t runtime_memory_bytes(void) {
  uint32_t start, end;
  return wasm_runtime_get_app_addr_range(instance, 0, &start, &end) ? end : 0;
}

/* Its block was cleared. */
uint32_t runtime_stack_used(void) {
  const uint8_t *stack = newest + newest_bytes - STACK_BYTES;
  uint32_t used = STACK_BYTES;
  while (used > 0 && stack[used - 1] == 0) used--;
  return used;
}
