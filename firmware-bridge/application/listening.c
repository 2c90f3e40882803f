#include "listening.h"

#include "../hal/hal.h"
#include "../protocol/bytes.h"
#include "../runtime/kernel.h"
#include "../store/slots.h"
#include "../store/update.h"
#include "clip.h"
#include "commands.h"
#include "counts.h"
#include "running.h"
#include "session.h"

/** An update that made no progress for so long was given up by the computer. */
#define UPDATE_SECONDS 5
/** The first piece of a stream; every further one is a hop. So frames end with pieces. */
#define FIRST_PIECE (FIRST_FRAME_SAMPLES - HOP_SAMPLES)
/** Bytes before the label in DETECTED. */
#define DETECTED_BYTES 12

/** Whether the board listens whenever it can, and whether it does. */
static bool wanted = true;
static bool active;
/** When the flash was last changed. */
static uint64_t paused;

/**
 * Samples that have gone by since listening began, how many of them were lost, and where the stream that the kernel
 * follows began: after the last that was lost.
 */
static uint64_t position, lost, stream;
/** The number of samples of the next piece. */
static uint32_t piece;

void listening_pause(void) {
  if (active) hal_microphone_switch(false);
  active = false;
  paused = hal_ticks();
}

void listening_stop(void) {
  listening_pause();
  wanted = false;
}

static void begin_stream(void) {
  kernel_reset();
  stream = position;
  piece = FIRST_PIECE;
}

static struct outcome begin(void) {
  if (!hal_microphone()) return failed(NO_MICROPHONE, 0, 0);
  const struct outcome outcome = running_ready();
  if (outcome.status != OK) return outcome;
  const uint32_t coefficients = kernel_query(QUERY_COEFFICIENTS);
  if (coefficients != COEFFICIENTS) return failed(WRONG_FEATURES, coefficients, COEFFICIENTS);
  if (kernel_query(QUERY_THRESHOLDS) == 0) return failed(NO_DETECTION, 0, 0);
  clip_forget();
  hal_microphone_switch(true);
  wanted = active = true;
  position = lost = 0;
  begin_stream();
  return done();
}

/** Copies the label of a class from the model, without its final zero. Returns its length, at most `most`. */
static uint32_t put_label(uint8_t *to, uint32_t most, uint32_t class) {
  const uint32_t model = model_address(running_slot());
  uint8_t place[8];
  if (!hal_flash_read(model + SECTION_TABLE + (SECTION_LABELS - 1) * SECTION_ENTRY + 4, place, sizeof place)) return 0;
  const uint32_t section = get_u32(place);
  uint32_t length = 0;
  // after the number of labels
  for (uint32_t at = 4; at < get_u32(place + 4) && length < most; at++) {
    uint8_t byte;
    if (!hal_flash_read(model + section + at, &byte, 1)) break;
    if (byte != 0 && class == 0) to[length++] = byte;
    if (byte == 0 && class-- == 0) break;
  }
  return length;
}

static void tell(uint32_t class) {
  const uint32_t score = kernel_query(QUERY_DETECTED_SCORE);
  uint8_t body[EVENT_BYTES];
  put_u16(body, class);
  put_u16(body + 2, score);
  put_u64(body + 4, position);
  hal_detected(class, score); // first: to send may take longer
  session_event(DETECTED, body, DETECTED_BYTES + put_label(body + DETECTED_BYTES, EVENT_BYTES - DETECTED_BYTES, class));
}

/** Whether there is a gap in the sound. What is before and after it does not belong together: another stream begins. */
static bool after_gap(void) {
  const uint32_t more = hal_microphone_lost() - (uint32_t)lost;
  if (more == 0) return false;
  lost += more;
  position += more;
  begin_stream();
  return true;
}

/** Begins, if the board should listen and can. */
static bool resume(void) {
  const bool updating = update_active() && hal_ticks() - paused < (uint64_t)UPDATE_SECONDS * hal_ticks_per_second();
  return wanted && !updating && begin().status == OK;
}

bool listening_continue(void) {
  if (!active) return resume();
  int16_t *to = (int16_t *)(void *)kernel_ram(kernel_query(QUERY_SAMPLES), 2 * piece);
  if (!hal_microphone_take(to, piece)) return after_gap();
  position += piece;
  const int32_t scores = kernel_listen((int32_t)piece);
  piece = HOP_SAMPLES;
  if (scores < 0) {
    listening_stop();
    running_trapped();
    session_text("the kernel stopped; the board no longer listens");
  } else if (scores > 0) {
    counts.inferences++;
    const int32_t class = (int32_t)kernel_query(QUERY_DETECTED);
    if (class >= 0) tell((uint32_t)class);
  }
  return true;
}

struct outcome command_clip(const struct request *request, struct answer *answer) {
  const struct outcome outcome = clip_begin(request, answer);
  // the computer has taken the kernel
  if (outcome.status == OK) listening_stop();
  return outcome;
}

struct outcome command_listen(const struct request *request, struct answer *answer) {
  struct outcome outcome = body_within(request, 1, 1);
  if (outcome.status != OK) return outcome;
  const uint32_t what = request->body[0];
  if (what > LISTEN_ASK) return failed(OUT_OF_RANGE, what, LISTEN_ASK);
  if (what == LISTEN_OFF) listening_stop();
  if (what == LISTEN_ON) outcome = begin();
  // it may not have had a turn since the last request
  if (what == LISTEN_ASK && !active) resume();
  put_u32(answer->body, hal_microphone() | (uint32_t)active << 8);
  put_u32(answer->body + 4, 0);
  put_u64(answer->body + 8, position - lost);
  put_u64(answer->body + 16, lost);
  put_u64(answer->body + 24, stream);
  answer->length = 32;
  return outcome;
}
