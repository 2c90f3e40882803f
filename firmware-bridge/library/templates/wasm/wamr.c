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

int main(int count, char **arguments) {
  static unsigned char module[1 << 20];
  char error[128] = "";
  FILE *file = count > 1 ? fopen(arguments[1], "rb") : NULL;
  if (file == NULL) return 2;
  const size_t length = fread(module, 1, sizeof module, file);
  /* 4 KB of stack are enough; the module needs no heap */
  wasm_module_t loaded = NULL;
  if (wasm_runtime_init()) loaded = wasm_runtime_load(module, (uint32_t)length, error, sizeof error);
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
