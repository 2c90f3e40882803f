/*
 * The library's face, on the kernel that wasm2c has translated to C. Everything but the functions of spikeword.h is
 * static, so this file is all that a program compiles, besides its models.
 */
#include "spikeword.h"

#include <stddef.h>
#include <string.h>

#if defined(__GNUC__) && !defined(__clang__)
/*
 * Whatever the program around it is compiled with: with -Os the checks of every access cost ten times as much. And the
 * kernel's loops need all registers; host/boards/toolchain.ts says why.
 */
#pragma GCC optimize("O2", "no-ivopts", "no-tree-loop-ivcanon", "no-inline", "no-tree-loop-distribute-patterns")
#endif
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wunused-variable"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-label"
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"

/*
 * A trap must leave the kernel at once, from any depth. GCC can do that without a library, Clang mostly.
 */
#if defined(__clang__) && !defined(__x86_64__) && !defined(__i386__) && !defined(__arm__)
#include <setjmp.h>
typedef jmp_buf resume_target;
#define RESUME_HERE(target) setjmp(target)
#define RESUME_AT(target) longjmp(target, 1)
#else
typedef void *resume_target[5];
#define RESUME_HERE(target) __builtin_setjmp(target)
#define RESUME_AT(target) __builtin_longjmp(target, 1)
#endif

#undef KERNEL_RAM_BYTES
#define KERNEL_RAM_BYTES SPIKEWORD_RAM_BYTES

#include "instance.h"
#include "kernel-globals.h"

#include "kernel-wasm.c"
#include "memory.c"

#pragma GCC diagnostic pop

_Static_assert(sizeof(struct instance) <= sizeof(spikeword), "SPIKEWORD_STATE_BYTES is too small");

/** Returned after a trap: results of the kernel are small. */
#define TRAPPED INT32_MIN
/** The first piece of a stream; every further one is a hop. So frames end with pieces. */
#define FIRST_PIECE (FIRST_FRAME_SAMPLES - HOP_SAMPLES)

static struct instance *instance_of(const spikeword *ear) { return (struct instance *)(uintptr_t)ear; }

static _Noreturn void wasm_rt_trap(WASM_SELF enum kernel_trap_reason reason, u32 address) {
  instance->trap = (u32)reason;
  (void)address;
  RESUME_AT(instance->resume);
}

enum call { CALL_START, CALL_LOAD, CALL_QUERY, CALL_RESET, CALL_PUSH, CALL_HEAR, CALL_WORK, CALL_BEGIN, CALL_STEP };

/** Every call into the kernel: it returns TRAPPED if the kernel stops itself, and from then on. */
static __attribute__((noinline)) int32_t call(struct instance *instance, enum call call, u32 argument) {
  if (instance->trap != KERNEL_TRAP_NONE) return TRAPPED;
  if (RESUME_HERE(instance->resume)) return TRAPPED;
  switch (call) {
    case CALL_START:
      Z_kernel_instantiate(instance);
      return 0;
    case CALL_LOAD:
      return (int32_t)Z_kernelZ_load(instance, KERNEL_WINDOW, argument, KERNEL_RAM_BYTES);
    case CALL_QUERY:
      return (int32_t)Z_kernelZ_query(instance, argument);
    case CALL_RESET:
      Z_kernelZ_reset(instance);
      return 0;
    case CALL_PUSH:
      return (int32_t)Z_kernelZ_push(instance, argument);
    case CALL_HEAR:
      return (int32_t)Z_kernelZ_hear(instance, argument);
    case CALL_WORK:
      return (int32_t)Z_kernelZ_work(instance);
    case CALL_BEGIN:
      Z_kernelZ_begin(instance);
      return 0;
    case CALL_STEP:
      return (int32_t)Z_kernelZ_step(instance);
  }
  return TRAPPED;
}

static u32 query(struct instance *instance, enum query key) {
  const int32_t answer = call(instance, CALL_QUERY, (u32)key);
  return instance->trap == KERNEL_TRAP_NONE ? (u32)answer : 0;
}

/** `length` bytes of the kernel's RAM; NULL if they are not all there. */
static u8 *ram(struct instance *instance, u32 address, u32 length) {
  return address <= KERNEL_RAM_BYTES && length <= KERNEL_RAM_BYTES - address ? instance->ram + address : NULL;
}

/** The word at `index` of a row of them, whose address the kernel knows; 0 if there is none. */
static u32 word_of_row(struct instance *instance, enum query row, int32_t index, int32_t length, u32 bytes) {
  const u32 address = query(instance, row);
  if (address == 0 || index < 0 || index >= length) return 0;
  const u8 *at = ram(instance, address + (u32)index * bytes, bytes);
  u32 value = 0;
  if (at != NULL) memcpy(&value, at, bytes);
  return value;
}

/* Messages. */

static void add_text(char *message, const char *text) {
  const size_t used = strlen(message), more = strlen(text), most = sizeof(((struct instance *)0)->message) - 1;
  const size_t length = more < most - used ? more : most - used;
  memcpy(message + used, text, length);
  message[used + length] = 0;
}

static void add_number(char *message, u32 number) {
  char digits[11];
  u32 at = sizeof digits - 1;
  digits[at] = 0;
  do digits[--at] = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  add_text(message, digits + at);
}

static spikeword_status say(struct instance *instance, spikeword_status status, const char *text) {
  instance->message[0] = 0;
  add_text(instance->message, text);
  return status;
}

/** The status that stays until init. */
static spikeword_status stop(struct instance *instance, spikeword_status status, const char *text) {
  instance->status = (u32)status;
  return say(instance, status, text);
}

static spikeword_status stopped(struct instance *instance) {
  stop(instance, SPIKEWORD_STOPPED, "the network stopped itself: trap ");
  add_number(instance->message, instance->trap);
  return SPIKEWORD_STOPPED;
}

/* The model: a file whose sections the kernel has checked. */

static u32 model_u32(const struct instance *instance, u32 at) {
  u32 value = 0;
  if (at <= INT32_MAX && at < instance->window_starts[2]) memcpy(&value, instance->window + at, 4);
  return value;
}

static u32 section(const struct instance *instance, enum section section) {
  return model_u32(instance, SECTION_TABLE + ((u32)section - 1) * SECTION_ENTRY + 4);
}

/** Two u16 of a layer's record. */
static u32 layer_field(const struct instance *instance, u32 layer, enum layer_field field) {
  return model_u32(instance, section(instance, SECTION_NETWORK) + NETWORK_RECORDS + LAYER_BYTES * layer + (u32)field);
}

static void bind_window(struct instance *instance, const u8 *model, u32 length) {
  instance->window = model;
  for (u32 k = 0; k < 4; k++) {
    const u32 size = UINT32_C(1) << k;
    instance->window_starts[k] = length >= size ? length - size + 1 : 0;
  }
}

/* Beginning. */

static void begin_stream(struct instance *instance) {
  call(instance, CALL_RESET, 0);
  instance->filled = 0;
  instance->piece = FIRST_PIECE;
  instance->working = false;
}

static spikeword_status refused(struct instance *instance, int32_t error) {
  const u32 detail = query(instance, QUERY_ERROR_DETAIL), other = query(instance, QUERY_ERROR_OTHER);
  if (error == ERROR_RAM) {
    stop(instance, SPIKEWORD_NO_RAM, "SPIKEWORD_RAM_BYTES must be at least ");
    add_number(instance->message, detail);
    return SPIKEWORD_NO_RAM;
  }
  switch (error) {
    case ERROR_TOO_SHORT:
    case ERROR_MAGIC:
      return stop(instance, SPIKEWORD_BAD_MODEL, "this is not a model");
    case ERROR_VERSION:
      stop(instance, SPIKEWORD_BAD_MODEL, "the model has format version ");
      add_number(instance->message, detail);
      add_text(instance->message, ", not ");
      add_number(instance->message, other);
      return SPIKEWORD_BAD_MODEL;
    case ERROR_LENGTH:
      return stop(instance, SPIKEWORD_BAD_MODEL, "the model has another length than its header says");
    case ERROR_CRC:
      return stop(instance, SPIKEWORD_BAD_MODEL, "the model is damaged: its CRC-32 is wrong");
    default:
      stop(instance, SPIKEWORD_BAD_MODEL, "the model is invalid: error ");
      add_number(instance->message, (u32)error);
      return SPIKEWORD_BAD_MODEL;
  }
}

spikeword_status spikeword_init_state(spikeword *ear, uint32_t state_bytes, const void *model, uint32_t model_bytes) {
  struct instance *instance = instance_of(ear);
  memset(instance, 0, offsetof(struct instance, ram));
  if (state_bytes != sizeof *ear) {
    return stop(instance, SPIKEWORD_NO_RAM, "two exports in one program: export the models together");
  }
  memset(instance->ram, 0, sizeof instance->ram);
  if (model == NULL || (uintptr_t)model % 4 != 0 || model_bytes > INT32_MAX - KERNEL_WINDOW) {
    return stop(instance, SPIKEWORD_BAD_MODEL, "a model must begin at a multiple of 4");
  }
  bind_window(instance, (const u8 *)model, model_bytes);
  call(instance, CALL_START, 0);
  const int32_t error = call(instance, CALL_LOAD, model_bytes);
  if (error == TRAPPED) return stopped(instance);
  if (error != 0) return refused(instance, error);
  if (query(instance, QUERY_COEFFICIENTS) != COEFFICIENTS) {
    return stop(instance, SPIKEWORD_BAD_MODEL, "the model reads features that this library does not compute");
  }
  instance->labels = section(instance, SECTION_LABELS);
  if (query(instance, QUERY_THRESHOLDS) == 0) {
    return stop(instance, SPIKEWORD_CANNOT_LISTEN, "the model does not say how to detect words");
  }
  begin_stream(instance);
  return say(instance, SPIKEWORD_OK, "listening");
}

/** Forgets what came before. */
static void begin_sound(struct instance *instance) {
  instance->position = 0;
  instance->found = false;
  begin_stream(instance);
}

void spikeword_reset(spikeword *ear) {
  struct instance *instance = instance_of(ear);
  begin_sound(instance);
  if (instance->status == SPIKEWORD_OK) say(instance, SPIKEWORD_OK, "listening");
}

void spikeword_gap(spikeword *ear, uint64_t count) {
  struct instance *instance = instance_of(ear);
  instance->position += count;
  begin_stream(instance);
}

/* Listening. */

static u32 clock_now(const struct instance *instance) { return instance->now == NULL ? 0 : instance->now(); }

/** Adds the time since `begun` to that of this second. */
static void clock_add(struct instance *instance, u32 begun) {
  if (instance->now != NULL) instance->busy += (u32)(instance->now() - begun);
}

/** Counts `count` samples of sound; after a second of them the load is known. */
static void clock_samples(struct instance *instance, u32 count) {
  instance->timed += count;
  if (instance->timed < SPIKEWORD_SAMPLE_RATE || instance->hz == 0) return;
  const u64 thousandths = instance->busy * 1000 * SPIKEWORD_SAMPLE_RATE / instance->hz / instance->timed;
  instance->load = thousandths > UINT32_MAX ? UINT32_MAX : (u32)thousandths;
  instance->busy = 0;
  instance->timed = 0;
}

void spikeword_clock(spikeword *ear, uint32_t (*now)(void), uint32_t hz) {
  struct instance *instance = instance_of(ear);
  instance->now = hz == 0 ? NULL : now;
  instance->hz = hz;
  instance->busy = 0;
  instance->timed = instance->load = 0;
}

uint32_t spikeword_load(const spikeword *ear) { return instance_of(ear)->load; }

uint32_t spikeword_take(spikeword *ear, const int16_t *samples, uint32_t count) {
  struct instance *instance = instance_of(ear);
  /* what cannot be heard is gone, so that no caller waits for it */
  if (instance->status != SPIKEWORD_OK) return count;
  if (instance->working || count == 0) return 0;
  const u32 begun = clock_now(instance);
  const u32 rest = instance->piece - instance->filled;
  const u32 taken = count < rest ? count : rest;
  u8 *to = ram(instance, query(instance, QUERY_SAMPLES) + 2 * instance->filled, 2 * taken);
  if (to == NULL || instance->trap != KERNEL_TRAP_NONE) {
    stopped(instance);
    return count;
  }
  memcpy(to, samples, 2 * taken);
  instance->filled += taken;
  instance->position += taken;
  if (instance->filled == instance->piece) {
    const int32_t completed = call(instance, CALL_HEAR, instance->piece);
    instance->filled = 0;
    instance->piece = HOP_SAMPLES;
    instance->working = completed == 1;
    if (completed == TRAPPED) stopped(instance);
    else if (completed < 0) say(instance, SPIKEWORD_STOPPED, "a clip was recognised: call spikeword_reset");
  }
  clock_add(instance, begun);
  clock_samples(instance, taken);
  return taken;
}

bool spikeword_step(spikeword *ear) {
  struct instance *instance = instance_of(ear);
  if (!instance->working) return false;
  const u32 begun = clock_now(instance);
  const int32_t left = call(instance, CALL_WORK, 0);
  instance->working = left > 0;
  if (left < 0) {
    stopped(instance);
  } else if (left == 0) {
    const int32_t word = (int32_t)query(instance, QUERY_DETECTED);
    if (word >= 0) {
      instance->found = true;
      instance->detection.word = word;
      instance->detection.score = (u16)query(instance, QUERY_DETECTED_SCORE);
      instance->detection.samples = instance->position;
    }
  }
  clock_add(instance, begun);
  return instance->working;
}

bool spikeword_found(spikeword *ear, spikeword_detection *found) {
  struct instance *instance = instance_of(ear);
  if (!instance->found) return false;
  instance->found = false;
  if (found != NULL) *found = instance->detection;
  return true;
}

bool spikeword_push(spikeword *ear, const int16_t *samples, uint32_t count, spikeword_detection *found) {
  while (spikeword_step(ear)) continue;
  while (count > 0) {
    const u32 taken = spikeword_take(ear, samples, count);
    samples += taken;
    count -= taken;
    while (spikeword_step(ear)) continue;
  }
  return spikeword_found(ear, found);
}

/* Clips. */

/** Begins a clip and gives `count` samples of it, after as many zeros as `before`, and zeros up to `all`. */
static bool push_clip(struct instance *instance, const int16_t *samples, u32 before, u32 count, u32 all) {
  call(instance, CALL_RESET, 0);
  u8 *to = ram(instance, query(instance, QUERY_SAMPLES), 2 * HOP_SAMPLES);
  for (u32 at = 0; to != NULL && at < all; at += HOP_SAMPLES) {
    const u32 most = all - at < HOP_SAMPLES ? all - at : HOP_SAMPLES;
    for (u32 k = 0; k < most; k++) {
      const u32 index = at + k - before;
      const int16_t sample = index < count ? samples[index] : 0;
      memcpy(to + 2 * k, &sample, 2);
    }
    if (call(instance, CALL_PUSH, most) < 0) return false;
  }
  return to != NULL;
}

/** How many samples complete the frames of a window. */
static u32 window_samples(struct instance *instance) {
  return FIRST_FRAME_SAMPLES + (query(instance, QUERY_FRAMES) - 1) * HOP_SAMPLES;
}

int32_t spikeword_classify(spikeword *ear, const int16_t *samples, uint32_t count) {
  struct instance *instance = instance_of(ear);
  if (instance->status != SPIKEWORD_OK && instance->status != SPIKEWORD_CANNOT_LISTEN) return -1;
  instance->working = false;
  const u32 all = window_samples(instance);
  const u32 before = all > CLIP_SAMPLES ? (all - CLIP_SAMPLES) / 2 : 0;
  int32_t left = push_clip(instance, samples, before, count < CLIP_SAMPLES ? count : CLIP_SAMPLES, all) ? 1 : -1;
  call(instance, CALL_BEGIN, 0);
  while (left > 0) left = call(instance, CALL_STEP, 0);
  if (left == 0) return (int32_t)query(instance, QUERY_WINNER);
  stopped(instance);
  return -1;
}

/* What there is to know. */

int32_t spikeword_words(const spikeword *ear) { return (int32_t)query(instance_of(ear), QUERY_CLASSES); }

const char *spikeword_word(const spikeword *ear, int32_t word) {
  const struct instance *instance = instance_of(ear);
  u32 at = instance->labels + 4;
  if (instance->labels == 0 || word < 0 || word >= spikeword_words(ear)) return "";
  for (; word > 0; word--) at += (u32)strlen((const char *)instance->window + at) + 1;
  return (const char *)instance->window + at;
}

uint16_t spikeword_probability(spikeword *ear, int32_t word) {
  struct instance *instance = instance_of(ear);
  const int32_t words = spikeword_words(ear);
  u64 all = 0;
  for (int32_t k = 0; k < words; k++) all += word_of_row(instance, QUERY_AVERAGES, k, words, 4);
  if (all == 0) return 0;
  return (uint16_t)((u64)word_of_row(instance, QUERY_AVERAGES, word, words, 4) * 65535u / all);
}

uint16_t spikeword_threshold(spikeword *ear, int32_t word) {
  return (uint16_t)word_of_row(instance_of(ear), QUERY_THRESHOLDS, word, spikeword_words(ear), 2);
}

void spikeword_set_threshold(spikeword *ear, int32_t word, uint16_t threshold) {
  struct instance *instance = instance_of(ear);
  const u32 address = query(instance, QUERY_THRESHOLDS);
  if (address == 0 || word < 0 || word >= spikeword_words(ear)) return;
  u8 *at = ram(instance, address + 2 * (u32)word, 2);
  if (at != NULL) memcpy(at, &threshold, 2);
}

int32_t spikeword_score(spikeword *ear, int32_t word) {
  return (int32_t)word_of_row(instance_of(ear), QUERY_SCORES, word, spikeword_words(ear), 4);
}

int32_t spikeword_layers(spikeword *ear) { return (int32_t)query(instance_of(ear), QUERY_LAYERS); }

uint32_t spikeword_spikes(spikeword *ear, int32_t layer) {
  return word_of_row(instance_of(ear), QUERY_SPIKE_COUNTS, layer, spikeword_layers(ear), 4);
}

uint32_t spikeword_operations(spikeword *ear, int32_t layer) {
  return word_of_row(instance_of(ear), QUERY_OPERATION_COUNTS, layer, spikeword_layers(ear), 4);
}

uint32_t spikeword_timesteps(spikeword *ear) { return query(instance_of(ear), QUERY_TIMESTEPS_COMPUTED); }

const char *spikeword_message(const spikeword *ear) { return instance_of(ear)->message; }

/* Microphones. */

void spikeword_from_i2s(const spikeword_i2s *format, const void *frames, uint32_t count, int16_t *samples) {
  const u32 bytes = format->bits / 8u;
  const u8 *at = (const u8 *)frames + bytes * format->slot;
  for (u32 k = 0; k < count; k++, at += bytes * format->slots) {
    u32 word = 0;
    for (u32 byte = 0; byte < bytes; byte++) word |= (u32)at[byte] << (32 - 8 * bytes + 8 * byte);
    const s32 value = ((s32)word >> (32 - 8 * bytes)) >> format->shift;
    samples[k] = (int16_t)(value > INT16_MAX ? INT16_MAX : value < INT16_MIN ? INT16_MIN : value);
  }
}

#include "self-test.c"
