#include "answers.h"

#include <string.h>

#include "application/running.h"
#include "check.h"
#include "memory-board.h"
#include "protocol/bytes.h"
#include "store/layout.h"

/* Of the protocol, and of slots whose unit of programming is at most 64 bytes. */
#define HEAD 1000
#define FRONT 1024
#define CAPACITY (BOARD_SLOT - FRONT)

struct agreed agreed = {.source = SOURCE_NONE};

static uint32_t lesser(uint32_t a, uint32_t b) { return a < b ? a : b; }

static void forget_clip(void) { agreed.source = SOURCE_NONE; }

void answers_forget(void) {
  forget_clip();
  agreed.update_length = 0;
  agreed.update_written = 0;
}

static uint32_t result_bytes(uint32_t before) {
  const uint32_t arrays = 4 * (agreed.classes + 3 * agreed.layers + 1);
  return 48 + (agreed.layers <= 128 && before + 48 + arrays <= 1024 ? arrays : 0);
}

static void check_result(const uint8_t *result, uint32_t bytes, uint32_t before) {
  CHECK(bytes == result_bytes(before));
  CHECK(get_u16(result) < agreed.classes);
  CHECK(get_u16(result + 2) == agreed.layers && get_u16(result + 4) == agreed.classes);
  CHECK(result[6] == (bytes > 48));
  CHECK(get_u32(result + 8) == agreed.frames_ready);
  agreed.step = agreed.layers + 1;
}

static void check_begin(const uint8_t *body, uint32_t length, const uint8_t *answer, uint32_t bytes) {
  const uint32_t model = get_u32(body);
  CHECK(model <= CAPACITY && length == 8 + lesser(model, HEAD));
  CHECK(bytes == 8 && answer[0] < 2 && get_u32(answer + 4) == 0);
  agreed.update_length = model;
  agreed.update_written = 0;
  forget_clip();
}

static void check_write(const uint8_t *body, uint32_t length, const uint8_t *answer, uint32_t bytes) {
  CHECK(length > 4 && get_u32(body) == agreed.update_written);
  CHECK(length - 4 <= agreed.update_length - agreed.update_written);
  agreed.update_written += length - 4;
  CHECK(bytes == 4 && get_u32(answer) == agreed.update_written);
  forget_clip();
}

static void check_read(const uint8_t *body, uint32_t length, const uint8_t *answer, uint32_t bytes) {
  const uint32_t wanted = get_u16(body + 2);
  const uint32_t offset = get_u32(body + 4);
  CHECK(length == 8 && body[0] < 2 && wanted >= 1 && wanted <= 1024);
  CHECK(offset <= CAPACITY && wanted <= CAPACITY - offset);
  CHECK(bytes == wanted && memcmp(answer, board_flash + body[0] * BOARD_SLOT + FRONT + offset, wanted) == 0);
}

static void check_clip(const uint8_t *body, uint32_t length, const uint8_t *answer, uint32_t bytes) {
  CHECK(length == 4 && body[0] <= 2 && bytes == 16);
  agreed.source = (enum source)body[0];
  agreed.hop = get_u16(body + 2);
  CHECK((agreed.source == SOURCE_STREAM) == (agreed.hop > 0));
  agreed.frames = get_u16(answer);
  agreed.coefficients = get_u16(answer + 2);
  agreed.timesteps = get_u16(answer + 4);
  agreed.layers = get_u16(answer + 6);
  agreed.classes = get_u16(answer + 8);
  CHECK(get_u16(answer + 10) == (agreed.source == SOURCE_STREAM ? 320 : 510));
  CHECK(get_u32(answer + 12) == result_bytes(0));
  agreed.taken = 0;
  agreed.frames_ready = 0;
  agreed.step = 0;
}

static void check_samples(const uint8_t *body, uint32_t length, const uint8_t *answer, uint32_t bytes) {
  const uint32_t count = (length - 4) / 2;
  CHECK(agreed.source == SOURCE_SAMPLES || agreed.source == SOURCE_STREAM);
  CHECK(length % 2 == 0 && count <= (agreed.source == SOURCE_STREAM ? 320 : 510));
  CHECK(get_u32(body) == agreed.taken);
  agreed.taken += count;
  uint32_t ready = agreed.taken < 512 ? 0 : (agreed.taken - 512) / 320 + 1;
  if (agreed.source == SOURCE_SAMPLES) ready = lesser(ready, agreed.frames);
  const bool due = agreed.source == SOURCE_STREAM && ready > agreed.frames_ready && ready >= agreed.frames &&
                   (ready - agreed.frames) % agreed.hop == 0;
  if (count > 0 && (agreed.source == SOURCE_STREAM || agreed.frames_ready < agreed.frames)) agreed.step = 0;
  agreed.frames_ready = ready;
  CHECK(bytes >= 8 && get_u32(answer) == ready && answer[4] == due);
  if (due) check_result(answer + 8, bytes - 8, 8);
  else CHECK(bytes == 8);
  agreed.results += due;
}

static void check_features(const uint8_t *body, uint32_t length, const uint8_t *answer, uint32_t bytes) {
  CHECK(agreed.source == SOURCE_FEATURES && get_u32(body) == agreed.taken);
  agreed.taken += length - 4;
  CHECK(agreed.taken <= agreed.frames * agreed.coefficients);
  agreed.frames_ready = agreed.taken / agreed.coefficients;
  CHECK(bytes == 8 && get_u32(answer) == agreed.frames_ready && answer[4] == 0);
  agreed.step = 0;
}

static void check_step(const uint8_t *body, const uint8_t *answer, uint32_t bytes) {
  const uint32_t index = get_u16(body);
  CHECK(agreed.source != SOURCE_NONE && agreed.frames_ready >= agreed.frames);
  CHECK(index <= agreed.layers && (index == 0 || index == agreed.step));
  CHECK(bytes == 8 && get_u16(answer) == agreed.layers - index);
  CHECK(index == agreed.layers ? get_u16(answer + 2) < agreed.classes : get_u16(answer + 2) == 65535);
  agreed.step = index + 1;
}

/* Version 3 of the format is that of networks that decide early; each of their layers keeps its spikes. */
static bool keeps_spikes(void) { return get_u32(board_flash + model_address(running_slot()) + 4) == 3; }

static void check_inspect(const uint8_t *body, uint32_t length, const uint8_t *answer, uint32_t bytes) {
  const uint32_t what = body[0];
  const uint32_t offset = get_u32(body + 4);
  const uint32_t most = get_u16(body + 8);
  CHECK(agreed.source != SOURCE_NONE && length == 10 && what <= 7 && most <= 1020 && bytes >= 4);
  const uint32_t whole = get_u32(answer);
  const uint32_t lengths[] = {8,
                              agreed.frames * agreed.coefficients,
                              whole,
                              whole,
                              4 * agreed.classes,
                              4 * agreed.layers,
                              4 * agreed.layers,
                              4 * (agreed.layers + 1)};
  CHECK(whole == lengths[what] && (what < 4 || agreed.step == agreed.layers + 1));
  const uint32_t trains = lesser(agreed.step, agreed.layers);
  CHECK(what != 3 || (get_u16(body + 2) < trains && (keeps_spikes() || get_u16(body + 2) + 3u >= trains)));
  CHECK(bytes == 4 + lesser(most, offset < whole ? whole - offset : 0));
  agreed.cut += bytes == 1024 && whole > offset + 1020;
}

void answers_check(uint32_t kind, const uint8_t *body, uint32_t length, const uint8_t *answer, uint32_t bytes) {
  switch (kind) {
    case HELLO:
      CHECK(length >= 6 && bytes > 90 && get_u16(answer) == PROTOCOL_VERSION);
      return;
    case BEGIN:
      check_begin(body, length, answer, bytes);
      return;
    case WRITE:
      check_write(body, length, answer, bytes);
      return;
    case COMMIT:
      CHECK(length == 8 && memcmp(answer + 8, body, 8) == 0);
      // fall through
    case ROLLBACK:
      CHECK(bytes == 16 && answer[0] < 2);
      forget_clip();
      return;
    case READ:
      check_read(body, length, answer, bytes);
      return;
    case CLIP:
      check_clip(body, length, answer, bytes);
      return;
    case SAMPLES:
      check_samples(body, length, answer, bytes);
      return;
    case FEATURES:
      check_features(body, length, answer, bytes);
      return;
    case INFER:
      CHECK(agreed.source != SOURCE_NONE && agreed.frames_ready >= agreed.frames && length == 0);
      check_result(answer, bytes, 0);
      return;
    case STEP:
      check_step(body, answer, bytes);
      return;
    case INSPECT:
      check_inspect(body, length, answer, bytes);
      return;
    case LISTEN:
      CHECK(length == 1 && body[0] <= LISTEN_ASK && bytes == 32 && answer[0] == 1 && answer[1] <= 1);
      CHECK(body[0] == LISTEN_ASK || answer[1] == (body[0] == LISTEN_ON));
      if (body[0] == LISTEN_ON) forget_clip();
      return;
    case STATISTICS:
      CHECK(length == 0 && bytes == 56);
      return;
    default:
      CHECK(kind == RESTART && length == 0 && bytes == 0);
      return;
  }
}
