/* Loads the module in wasm3, tests it, and prints the words in the raw sound on stdin: 16-bit, mono, 16 kHz. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wasm3.h"

static IM3Runtime runtime;

static void check(M3Result result) {
  if (result == NULL) return;
  fprintf(stderr, "wasm3: %s\n", result);
  exit(1);
}

static IM3Function find(const char *name) {
  IM3Function function;
  check(m3_FindFunction(&function, runtime, name));
  return function;
}

/* With wasm3 0.5: m3_CallV and m3_GetResultsV. Older versions leave the result at the bottom of their stack. */
static int call(IM3Function function, const char *argument) {
  const char *arguments[] = {argument};
#ifdef WASM3_OLD
  check(m3_CallWithArgs(function, argument == NULL ? 0 : 1, arguments));
  return *(int *)WASM3_OLD(runtime);
#else
  int result = 0;
  check(m3_CallArgv(function, argument == NULL ? 0 : 1, arguments));
  check(m3_GetResultsV(function, &result));
  return result;
#endif
}

int main(int count, char **arguments) {
  static unsigned char module[1 << 20];
  FILE *file = count > 1 ? fopen(arguments[1], "rb") : NULL;
  if (file == NULL) return 2;
  const size_t length = fread(module, 1, sizeof module, file);
  IM3Environment environment = m3_NewEnvironment();
  /* half of this stack is used */
  runtime = m3_NewRuntime(environment, 4096, NULL);
  IM3Module loaded;
  check(m3_ParseModule(environment, &loaded, module, (uint32_t)length));
  check(m3_LoadModule(runtime, loaded));
  const int stage = call(find("selfTest"), NULL);
  printf("self test %d\n", stage);
  IM3Function listen = find("listen"), query = find("query");
  uint32_t memory_bytes;
  int16_t samples[320];
  size_t piece = 192; /* then frames end with pieces */
  for (unsigned long heard = 0; fread(samples, 2, piece, stdin) == piece; piece = 320) {
    const int address = call(query, "3");
    memcpy(m3_GetMemory(runtime, &memory_bytes, 0) + address, samples, 2 * piece);
    heard += piece;
    if (call(listen, piece == 320 ? "320" : "192") != 1) continue;
    const int word = call(query, "18");
    if (word >= 0) printf("%d %lu\n", word, heard);
  }
  return stage;
}
