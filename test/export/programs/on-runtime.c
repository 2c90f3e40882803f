/*
 * The portable module in a WebAssembly runtime on an emulated board: the self test, then sound, layer by layer. The
 * file of the emulation has the number of bytes of the module, that of the samples, the module, and the samples. The
 * serial port tells what is heard, and what it takes.
 */
#include "boards/shared/semihosting.h"
#include "runtime.h"
#include "tell.h"

#include <stddef.h>

extern uint8_t psram[];
/** Behind the area for models of the board. */
#define MODULE (psram + 0x100000)

static uint8_t heap[HEAP_BYTES] __attribute__((aligned(16), section(".noinit")));
static uint32_t taken;

/** Where the C library takes memory for malloc. */
void *_sbrk(ptrdiff_t bytes) {
  if (bytes < 0 || (uint32_t)bytes > sizeof heap - taken) return (void *)-1;
  taken += (uint32_t)bytes;
  return heap + taken - bytes;
}

/** FNV-1a of more bytes. */
static uint32_t hash(uint32_t before, const uint8_t *bytes, uint32_t length) {
  for (uint32_t k = 0; k < length; k++) before = (before ^ bytes[k]) * 16777619u;
  return before;
}

static uint64_t spent, longest, hop, longest_hop;

static uint32_t timed(uint32_t function, uint32_t argument) {
  const uint64_t before = hal_count();
  const uint32_t result = runtime_call(function, argument);
  const uint64_t instructions = hal_count() - before;
  spent += instructions;
  hop += instructions;
  if (instructions > longest) longest = instructions;
  return result;
}

static void listen(int32_t file, uint32_t position, uint32_t samples) {
  uint8_t *to = runtime_memory(runtime_call(QUERY, QUERY_SAMPLES));
  const uint8_t *scores = runtime_memory(runtime_call(QUERY, QUERY_SCORES));
  const uint8_t *counts = runtime_memory(runtime_call(QUERY, QUERY_SPIKE_COUNTS));
  const uint32_t score_bytes = 4 * runtime_call(QUERY, QUERY_CLASSES),
                 count_bytes = 4 * runtime_call(QUERY, QUERY_LAYERS);
  const uint32_t frames = runtime_call(QUERY, QUERY_FRAMES);
  uint32_t heard = 2166136261u, piece = 192; /* then frames end with pieces */
  for (uint32_t at = 0; at + piece <= samples; at += piece, piece = 320) {
    semihosting_read(file, position + 2 * at, to, 2 * piece);
    if (timed(HEAR, piece) != 1) continue;
    hop = 0;
    while (timed(WORK, 0) - 1 < 100) continue;
    if (hop > longest_hop) longest_hop = hop;
    if (runtime_call(QUERY, QUERY_FRAMES_READY) < frames) continue;
    heard = hash(hash(heard, scores, score_bytes), counts, count_bytes);
    const uint32_t word = runtime_call(QUERY, QUERY_DETECTED);
    if (word > 1023) continue;
    tell("word ");
    tell_number(word);
    tell_number(runtime_call(QUERY, QUERY_DETECTED_SCORE));
    tell_number(at + piece);
    tell("\n");
  }
  tell("heard ");
  tell_number(heard);
  tell("\n");
}

int main(void) {
  static uint32_t header[2];
  hal_start();
  const int32_t file = semihosting_open();
  semihosting_read(file, 0, header, sizeof header);
  semihosting_read(file, sizeof header, MODULE, header[0]);
  const uint32_t before = hash(0, MODULE, header[0]);
  const uint64_t begun = hal_count();
  const char *wrong = runtime_load(MODULE, header[0]);
  const uint64_t load = hal_count() - begun;
  if (wrong == NULL) {
    tell("test ");
    tell_number(runtime_call(SELF_TEST, 0));
    tell("\n");
    listen(file, sizeof header + (header[0] + 3) / 4 * 4, header[1]);
    tell("spent ");
    tell_number(spent);
    tell_number(longest);
    tell_number(longest_hop);
    tell_number(load);
    tell("\nmemory ");
    tell_number(runtime_memory_bytes());
    tell_number(taken);
    tell_number(runtime_stack_used());
    tell_number(hal_stack_high_water());
    tell("\nmodule ");
    tell_number(before == hash(0, MODULE, header[0]));
  } else {
    tell("wrong ");
    tell(wrong);
  }
  tell("\nend\n");
  for (;;) hal_wait();
}

/* What the C library calls to end a program. */
_Noreturn void _exit(int status) {
  (void)status;
  hal_restart();
}
int _kill(int process, int signal);
int _kill(int process, int signal) { return process + signal; }
int _getpid(void);
int _getpid(void) { return 1; }
