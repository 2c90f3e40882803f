#include "clip.h"

#include <string.h>

#include "../hal/hal.h"
#include "../protocol/bytes.h"
#include "../protocol/crc32.h"
#include "../runtime/kernel.h"
#include "commands.h"
#include "counts.h"
#include "running.h"

/** Bytes before the arrays in a result. */
#define RESULT_BYTES 48

struct clip clip = {.source = SOURCE_NONE};

void clip_forget(void) { clip.source = SOURCE_NONE; }

/** The request needs 1 clip of its kind, and there are 0. */
static struct outcome no_clip(void) { return failed(NOT_READY, 0, 1); }

struct outcome clip_ready(void) {
  if (clip.source == SOURCE_NONE) return no_clip();
  return running_ready();
}

/** Whether the network follows the stream itself, and computes what the samples make possible as they come. */
static bool listens(void) { return clip.source == SOURCE_STREAM && kernel_query(QUERY_HOP) != 0; }

/** Whether INFER and STEP may run. They would interrupt a stream that the network follows. */
static struct outcome inference_ready(void) {
  const struct outcome outcome = clip_ready();
  if (outcome.status != OK) return outcome;
  if (listens()) return no_clip();
  return clip.frames_ready < clip.frames ? failed(NOT_READY, clip.frames_ready, clip.frames) : done();
}

static struct outcome trapped(void) {
  clip_forget();
  return running_trapped();
}

/** Bytes of a result; without its arrays if they have no room in an answer that already has `before` bytes. */
static uint32_t result_bytes(uint32_t before) {
  const uint32_t whole = RESULT_BYTES + 4 * (clip.classes + 3 * clip.layers + 1);
  return clip.layers <= MOST_STEPS && before + whole <= PACKET_BODY ? whole : RESULT_BYTES;
}

struct outcome clip_begin(const struct request *request, struct answer *answer) {
  struct outcome outcome = body_within(request, 4, 4);
  if (outcome.status != OK) return outcome;
  const uint32_t source = request->body[0];
  const uint32_t hop = get_u16(request->body + 2);
  if (source > SOURCE_STREAM) return failed(OUT_OF_RANGE, source, SOURCE_STREAM);
  if ((source == SOURCE_STREAM) != (hop > 0)) return failed(OUT_OF_RANGE, hop, source == SOURCE_STREAM ? 1 : 0);
  clip_forget();
  outcome = running_ready();
  if (outcome.status != OK) return outcome;
  const uint32_t coefficients = kernel_query(QUERY_COEFFICIENTS);
  if (source != SOURCE_FEATURES && coefficients != COEFFICIENTS) {
    return failed(WRONG_FEATURES, coefficients, COEFFICIENTS);
  }
  const uint32_t own_hop = kernel_query(QUERY_HOP);
  if (source == SOURCE_STREAM && own_hop != 0 && hop != own_hop) return failed(OUT_OF_RANGE, hop, own_hop);
  memset(&clip, 0, sizeof clip);
  clip.source = (enum source)source;
  clip.hop = hop;
  clip.frames = kernel_query(QUERY_FRAMES);
  clip.coefficients = coefficients;
  clip.timesteps = kernel_query(QUERY_TIMESTEPS);
  clip.layers = kernel_query(QUERY_LAYERS);
  clip.classes = kernel_query(QUERY_CLASSES);
  kernel_reset();

  put_u16(answer->body, clip.frames);
  put_u16(answer->body + 2, clip.coefficients);
  put_u16(answer->body + 4, clip.timesteps);
  put_u16(answer->body + 6, clip.layers);
  put_u16(answer->body + 8, clip.classes);
  put_u16(answer->body + 10, source == SOURCE_STREAM ? HOP_SAMPLES : CLIP_PUSH_SAMPLES);
  put_u32(answer->body + 12, result_bytes(0));
  answer->length = 16;
  return done();
}

struct outcome clip_step(void) {
  if (clip.steps == 0) {
    kernel_begin();
    clip.count = 0;
    clip.ticks = 0;
  }
  hal_count_align();
  const uint64_t ticks = hal_ticks();
  const uint64_t count = hal_count();
  const int32_t left = kernel_step();
  const uint64_t counted = hal_count() - count;
  clip.ticks += hal_ticks() - ticks;
  if (left < 0) return trapped();
  clip.count += counted;
  if (clip.steps <= MOST_STEPS) clip.step_counts[clip.steps] = (uint32_t)counted;
  clip.steps++;
  if (left == 0) counts.inferences++;
  return done();
}

static struct outcome infer(void) {
  clip.steps = 0;
  while (clip.steps <= clip.layers) {
    const struct outcome outcome = clip_step();
    if (outcome.status != OK) return outcome;
  }
  return done();
}

/** Copies numbers from the kernel's memory into a body; both are little-endian. Returns where the next ones go. */
static uint8_t *put_words(uint8_t *to, uint32_t address, uint32_t words) {
  const uint8_t *from = kernel_ram(address, 4 * words);
  if (from != NULL) memcpy(to, from, 4 * words);
  return to + 4 * words;
}

/** Appends the result of the inference that has just ended to the answer. */
static void put_result(struct answer *answer) {
  uint8_t *to = answer->body + answer->length;
  const uint32_t bytes = result_bytes(answer->length);
  put_u16(to, kernel_query(QUERY_WINNER));
  put_u16(to + 2, clip.layers);
  put_u16(to + 4, clip.classes);
  to[6] = bytes > RESULT_BYTES;
  to[7] = (uint8_t)kernel_query(QUERY_TIMESTEPS_COMPUTED);
  put_u32(to + 8, clip.frames_ready);
  put_u32(to + 12, clip.source == SOURCE_FEATURES ? 0 : clip.frames_ready);
  put_u64(to + 16, clip.count);
  put_u64(to + 24, clip.front_end_count);
  put_u64(to + 32, clip.ticks);
  put_u64(to + 40, clip.front_end_ticks);
  answer->length += bytes;
  if (bytes == RESULT_BYTES) return;
  to = put_words(to + RESULT_BYTES, kernel_query(QUERY_SCORES), clip.classes);
  to = put_words(to, kernel_query(QUERY_SPIKE_COUNTS), clip.layers);
  to = put_words(to, kernel_query(QUERY_OPERATION_COUNTS), clip.layers);
  for (uint32_t k = 0; k <= clip.layers; k++) put_u32(to + 4 * k, clip.step_counts[k]);
}

/** Whether a result of a network that classifies clips is due with the frame that was just completed. */
static bool inference_due(void) {
  return clip.source == SOURCE_STREAM && clip.frames_ready >= clip.frames &&
         (clip.frames_ready - clip.frames) % clip.hop == 0;
}

/**
 * Hands at most PUSH_SAMPLES samples to the kernel. `due` says whether an inference is due or, if the network listens,
 * has just been made: its count then includes the front end of one frame.
 */
static struct outcome push(const uint8_t *samples, uint32_t count, bool *due) {
  uint8_t *to = kernel_ram(kernel_query(QUERY_SAMPLES), 2 * count);
  if (to == NULL) return trapped();
  memcpy(to, samples, 2 * count);
  const bool follows = listens();
  hal_count_align();
  const uint64_t began = hal_ticks();
  const uint64_t before = hal_count();
  const int32_t answer = follows ? kernel_listen((int32_t)count) : kernel_push((int32_t)count);
  const uint64_t counted = hal_count() - before;
  const uint64_t ticks = hal_ticks() - began;
  if (answer < 0) return trapped();
  clip.frames_ready = kernel_query(QUERY_FRAMES_READY);
  *due = answer > 0 && (follows || inference_due());
  if (follows && *due) {
    clip.count = counted;
    clip.ticks = ticks;
    memset(clip.step_counts, 0, sizeof clip.step_counts);
    counts.inferences++;
  } else {
    clip.front_end_count += counted;
    clip.front_end_ticks += ticks;
  }
  return done();
}

static void put_frames(struct answer *answer) {
  put_u32(answer->body, clip.frames_ready);
  put_u32(answer->body + 4, 0);
  answer->length = 8;
}

struct outcome command_samples(const struct request *request, struct answer *answer) {
  const uint32_t most = clip.source == SOURCE_STREAM ? HOP_SAMPLES : CLIP_PUSH_SAMPLES;
  struct outcome outcome = body_within(request, 4, 4 + 2 * most);
  if (outcome.status != OK) return outcome;
  if (request->length % 2 != 0) return failed(BAD_BODY, request->length, request->length - 1);
  if (clip.source == SOURCE_FEATURES) return no_clip();
  outcome = clip_ready();
  if (outcome.status != OK) return outcome;
  const uint32_t offset = get_u32(request->body);
  if (offset != clip.taken) return failed(OUT_OF_ORDER, clip.taken, offset);

  const uint8_t *samples = request->body + 4;
  const uint32_t count = (request->length - 4) / 2;
  const uint32_t most_at_once = kernel_query(QUERY_PUSH_SAMPLES);
  clip.taken += count;
  clip.samples_crc = crc32_add(clip.samples_crc, samples, 2 * count);
  bool due = false;
  for (uint32_t at = 0; at < count;) {
    // more samples after the last frame of a clip would push out its first frame
    if (clip.source == SOURCE_SAMPLES && clip.frames_ready == clip.frames) break;
    const uint32_t taken = count - at < most_at_once ? count - at : most_at_once;
    bool due_now = false;
    outcome = push(samples + 2 * at, taken, &due_now);
    if (outcome.status != OK) return outcome;
    clip.steps = 0;
    due |= due_now;
    at += taken;
  }
  put_frames(answer);
  if (!due) return done();
  if (!listens()) outcome = infer();
  if (outcome.status != OK) return outcome;
  answer->body[4] = 1;
  put_result(answer);
  return done();
}

struct outcome command_features(const struct request *request, struct answer *answer) {
  struct outcome outcome = body_within(request, 4, PACKET_BODY);
  if (outcome.status != OK) return outcome;
  if (clip.source != SOURCE_FEATURES) return no_clip();
  outcome = clip_ready();
  if (outcome.status != OK) return outcome;
  const uint32_t offset = get_u32(request->body);
  const uint32_t count = request->length - 4;
  const uint32_t whole = clip.frames * clip.coefficients;
  if (offset != clip.taken) return failed(OUT_OF_ORDER, clip.taken, offset);
  if (count > whole - offset) return failed(OUT_OF_RANGE, count, whole - offset);
  uint8_t *to = kernel_ram(kernel_query(QUERY_FEATURES) + offset, count);
  if (to == NULL) return trapped();
  memcpy(to, request->body + 4, count);
  clip.taken += count;
  clip.steps = 0;
  clip.frames_ready = clip.taken / clip.coefficients;
  put_frames(answer);
  return done();
}

struct outcome command_infer(const struct request *request, struct answer *answer) {
  struct outcome outcome = body_within(request, 0, 0);
  if (outcome.status == OK) outcome = inference_ready();
  if (outcome.status == OK) outcome = infer();
  if (outcome.status == OK) put_result(answer);
  return outcome;
}

struct outcome command_step(const struct request *request, struct answer *answer) {
  struct outcome outcome = body_within(request, 2, 2);
  if (outcome.status == OK) outcome = inference_ready();
  if (outcome.status != OK) return outcome;
  const uint32_t index = get_u16(request->body);
  if (index > clip.layers) return failed(OUT_OF_RANGE, index, clip.layers);
  if (index != 0 && index != clip.steps) return failed(OUT_OF_ORDER, clip.steps, index);
  clip.steps = index;
  outcome = clip_step();
  if (outcome.status != OK) return outcome;
  const uint32_t left = clip.layers + 1 - clip.steps;
  put_u16(answer->body, left);
  put_u16(answer->body + 2, left == 0 ? kernel_query(QUERY_WINNER) : 65535);
  put_u32(answer->body + 4, index <= MOST_STEPS ? clip.step_counts[index] : 0);
  answer->length = 8;
  return done();
}
