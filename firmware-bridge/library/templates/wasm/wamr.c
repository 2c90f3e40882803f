/* Loads the module in WAMR, tests it, and prints the words in the raw sound on stdin: 16-bit, mono, 16 kHz. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wasm_export.h"

static wasm_module_inst_t instance;
static wasm_exec_env_t environment;

static int call(const char *name, uint32_t count, uint32_t argument) {
  wasm_function_inst_t function = wasm_runtime_lookup_function(instance, name, NULL);
  uint32_t values[1] = {argument};
  if (function == NULL || !wasm_runtime_call_wasm(environment, function, count, values)) {
    fprintf(stderr, "WAMR: %s: %s\n", name, wasm_runtime_get_exception(instance));
    exit(1);
  }
  return (int)values[0];
}

static uint32_t leb(const uint8_t **at) {
  uint32_t value = 0;
  for (uint32_t shift = 0;; shift += 7) {
    const uint8_t byte = *(*at)++;
    value |= (uint32_t)(byte & 127) << shift;
    if (byte < 128) return value;
  }
}

/*
 * Loads a module that stays where it is, as in flash: section by section. Only the code, section 10, is copied to RAM,
 * because WAMR changes it. With WAMR's fast interpreter, which does not, leave the copy out.
 */
static wasm_module_t load(const uint8_t *module, uint32_t length, char *error, uint32_t error_length) {
  static wasm_section_t sections[16];
  const uint8_t *at = module + 8, *end = module + length; /* behind magic and version */
  if (length < 8 || memcmp(module, "\0asm\1\0\0", 8) != 0) return NULL;
  for (uint32_t k = 0; at + 6 <= end && k < 16; k++) {
    wasm_section_t *section = &sections[k];
    if (k > 0) sections[k - 1].next = section;
    section->section_type = *at++;
    section->section_body_size = leb(&at);
    if (section->section_body_size > (uint32_t)(end - at)) return NULL;
    section->section_body = (uint8_t *)(uintptr_t)at;
    if (section->section_type == 10) {
      section->section_body = malloc(section->section_body_size);
      if (section->section_body == NULL) return NULL;
      memcpy(section->section_body, at, section->section_body_size);
    }
    at += section->section_body_size;
  }
  return wasm_runtime_load_from_sections(sections, false, error, error_length);
}

int main(int count, char **arguments) {
  static unsigned char module[1 << 20];
  char error[128] = "no module";
  FILE *file = count > 1 ? fopen(arguments[1], "rb") : NULL;
  if (file == NULL) return 2;
  const size_t length = fread(module, 1, sizeof module, file);
  /* a third of this stack is used; the module needs no heap */
  wasm_module_t loaded = NULL;
  if (wasm_runtime_init()) loaded = load(module, (uint32_t)length, error, sizeof error);
  if (loaded != NULL) instance = wasm_runtime_instantiate(loaded, 4096, 0, error, sizeof error);
  if (instance != NULL) environment = wasm_runtime_create_exec_env(instance, 4096);
  if (environment == NULL) {
    fprintf(stderr, "WAMR: %s\n", error);
    return 1;
  }
  const int stage = call("selfTest", 0, 0);
  printf("self test %d\n", stage);
  int16_t samples[320];
  size_t piece = 192; /* then frames end with pieces */
  for (unsigned long heard = 0; fread(samples, 2, piece, stdin) == piece; piece = 320) {
    memcpy(wasm_runtime_addr_app_to_native(instance, (uint32_t)call("query", 1, 3)), samples, 2 * piece);
    heard += piece;
    if (call("listen", 1, (uint32_t)piece) != 1) continue;
    const int word = call("query", 1, 18);
    if (word >= 0) printf("%d %lu\n", word, heard);
  }
  return stage;
}
