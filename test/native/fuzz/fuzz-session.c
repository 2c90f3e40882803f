/**
 * fuzz-session SEED INPUTS MODEL…: requests with hostile bodies, in and out of order, against the whole application;
 * boots from hostile flash. Every request is answered once, with a status of the protocol.
 */
#include <string.h>

#include "answers.h"
#include "application/commands.h"
#include "application/counts.h"
#include "application/listening.h"
#include "application/running.h"
#include "application/session.h"
#include "check.h"
#include "draw.h"
#include "memory-board.h"
#include "models.h"
#include "protocol/bytes.h"
#include "protocol/crc32.h"
#include "protocol/frame.h"
#include "runtime/kernel.h"
#include "store/update.h"

static const uint8_t kinds[] = {HELLO,    BEGIN, WRITE, COMMIT,  ROLLBACK,   READ,    CLIP,  SAMPLES,
                                FEATURES, INFER, STEP,  INSPECT, STATISTICS, RESTART, LISTEN};

/** What a host does: any request at any time, an update, or a clip from each source. */
static enum { ANYTHING, UPDATE, CLIP_OF_SAMPLES, CLIP_OF_FEATURES, STREAM } plan;
/** Number of remaining requests of the plan. */
static uint32_t plan_left;

static uint32_t nonce;
static uint16_t id;
static uint8_t packet[PACKET_BYTES + FRAME_CRC];
/** The model of BEGIN, WRITE and COMMIT, and whether the board has begun with it. */
static uint8_t model[MOST_MODEL_BYTES];
static uint32_t model_length;
static bool begun;
/** Number of answers by status, and of answers without an error by kind of request. */
static uint32_t statuses[256];
static uint32_t succeeded[256];

static void receive(const uint8_t *bytes, uint32_t length) {
  for (uint32_t k = 0; k < length; k++) session_receive(bytes[k]);
}

/** Makes a slot that seems to have a committed model. */
static void forge_slot(uint32_t slot) {
  uint8_t *at = board_flash + slot_address(slot);
  const uint32_t length = draw_one_in(2) ? model_valid(model) : model_damaged(model);
  memset(at, 0xff, BOARD_SLOT);
  memcpy(board_flash + model_address(slot), model, length < model_capacity() ? length : model_capacity());
  put_u32(at, 0x534b5053);
  put_u32(at + 4, 1);
  put_u32(at + 8, draw_one_in(4) ? draw_number() : length);
  put_u32(at + 12, draw_one_in(8) ? draw() : crc32_add(CRC32_EMPTY, model, length));
  put_u32(at + 16, draw_one_in(8) ? draw() : crc32_add(CRC32_EMPTY, at, 16));
  for (uint32_t n = draw_below(4); n > 0; n--) {
    uint8_t *record = board_flash + record_address(slot, draw_one_in(2) ? 0 : draw_below(record_places()));
    const uint32_t sequence = draw_number();
    put_u32(record, sequence);
    put_u32(record + 4, draw_one_in(4) ? draw() : ~sequence);
  }
}

static void boot(void) {
  board_faults = draw_one_in(4) ? 2 + draw_below(200) : 0;
  if (draw_one_in(2)) forge_slot(draw_below(2));
  if (draw_one_in(4)) board_flash[draw_below(2 * BOARD_SLOT)] = (uint8_t)draw();
  if (draw_one_in(8)) memset(board_flash, 0xff, sizeof board_flash);
  clip_forget();
  listening_stop();
  update_abandon();
  kernel_start();
  running_start();
  nonce = 1 + draw_below(1000);
  id = (uint16_t)draw();
  session_start(nonce);
  answers_forget();
  plan_left = 0;
}

/** Returns a limit, or a number next to it. */
static uint32_t draw_near(uint32_t limit) { return limit + draw_below(9) - 4; }

/** Returns how much of the rest a request of at most `most` carries: as much as it can, less, or too much. */
static uint32_t draw_piece(uint32_t left, uint32_t most) {
  const uint32_t whole = left < most ? left : most;
  switch (draw_below(8)) {
    case 0:
      return draw_below(most + 1);
    case 1:
      return draw_near(whole) & 0xffff;
    case 2:
      return draw_near(most);
    case 3:
    case 4:
      return draw_below(whole + 1);
    default:
      return whole;
  }
}

/** Returns the number that the board expects, in most cases. */
static uint32_t draw_expected(uint32_t expected) {
  return draw_one_in(24) ? draw_one_in(2) ? draw_near(expected) : draw_number() : expected;
}

static uint32_t draw_begin(uint8_t *body) {
  model_length = draw_one_in(2) ? model_valid(model) : model_damaged(model);
  begun = false;
  put_u32(body, draw_expected(model_length));
  put_u32(body + 4, draw_expected(crc32_add(CRC32_EMPTY, model, model_length)));
  const uint32_t given = model_length < 1000 ? model_length : 1000;
  memcpy(body + 8, model, given);
  if (draw_one_in(16)) {
    // a file whose own length field has this value
    put_u32(body, draw_near(model_capacity()));
    put_u32(body + 16, get_u32(body));
    return 8 + 1000;
  }
  return 8 + given - (draw_one_in(16) ? draw_below(8) : 0);
}

static uint32_t draw_write(uint8_t *body) {
  const uint32_t at = agreed.update_written;
  const uint32_t length = draw_piece(model_length > at ? model_length - at : 0, 1020);
  put_u32(body, draw_expected(at));
  if (at < model_length) memcpy(body + 4, model + at, length < model_length - at ? length : model_length - at);
  return 4 + length;
}

static uint32_t draw_samples(uint8_t *body) {
  put_u32(body, draw_expected(agreed.taken));
  return 4 + 2 * draw_piece(1000, agreed.source == SOURCE_STREAM ? 320 : 510) + (draw_one_in(40) ? 1u : 0u);
}

static uint32_t draw_features(uint8_t *body) {
  put_u32(body, draw_expected(agreed.taken));
  return 4 + draw_piece(agreed.frames * agreed.coefficients - agreed.taken, 1020);
}

static uint32_t draw_inspect(uint8_t *body) {
  // a layer whose spikes exist, in most cases
  const uint32_t behind = agreed.step < agreed.layers ? agreed.step : agreed.layers;
  put_u16(body, draw_one_in(2) ? 3 : draw_below(9));
  const uint32_t layer = behind == 0 ? 0 : behind - 1 - draw_below(behind < 3 ? behind : 3);
  put_u16(body + 2, draw_one_in(6) ? draw_number() : draw_one_in(4) ? draw_below(9) : layer);
  put_u32(body + 4, draw_one_in(2) ? 0 : draw_one_in(2) ? draw_below(1200) : draw_number());
  put_u16(body + 8, draw_one_in(4) ? draw_near(1024) : draw_one_in(4) ? draw_number() : 1020);
  return 10;
}

/** Returns a body that a host might send now, or almost; it has at most PACKET_BODY bytes. */
static uint32_t draw_body(uint32_t kind, uint8_t *body) {
  for (uint32_t k = 0; k < PACKET_BODY; k += 4) put_u32(body + k, draw());
  if (draw_one_in(20)) return draw_below(draw_one_in(8) ? PACKET_BODY + 1 : 24);
  switch (kind) {
    case HELLO:
      put_u32(body + 2, draw_below(3));
      return 6;
    case BEGIN:
      return draw_begin(body);
    case WRITE:
      return draw_write(body);
    case COMMIT:
      put_u32(body, draw_expected(model_length));
      put_u32(body + 4, draw_expected(crc32_add(CRC32_EMPTY, model, model_length)));
      return 8;
    case READ:
      put_u16(body, draw_below(2) + (draw_one_in(16) ? 1u : 0u));
      put_u16(body + 2, draw_one_in(2) ? draw_near(1024) : draw_number());
      put_u32(body + 4, draw_one_in(2)   ? draw_below(BOARD_SLOT)
                        : draw_one_in(2) ? draw_near(BOARD_SLOT - 2048)
                                         : draw_number());
      return 8;
    case CLIP:
      put_u16(body, plan < CLIP_OF_SAMPLES ? draw_below(4) : plan == CLIP_OF_SAMPLES ? 0 : plan == STREAM ? 2 : 1);
      put_u16(body + 2, draw_one_in(16) ? draw() : body[0] == 2 ? 1 + draw_below(5) : 0);
      return 4;
    case SAMPLES:
      return draw_samples(body);
    case FEATURES:
      return draw_features(body);
    case STEP:
      put_u16(body, draw_one_in(16) ? 0 : draw_expected(agreed.step > agreed.layers ? 0 : agreed.step));
      return 2;
    case INSPECT:
      return draw_inspect(body);
    case LISTEN:
      body[0] = (uint8_t)draw_below(draw_one_in(16) ? 256 : 3);
      return 1;
    default:
      return 0;
  }
}

static uint32_t any_kind(void) { return draw_one_in(40) ? draw_below(256) : kinds[draw_below(sizeof kinds)]; }

/** Returns the next request of the plan, in most cases. */
static uint32_t draw_kind(void) {
  static const uint8_t then[] = {INFER, STEP, STEP, STEP, INSPECT, INSPECT, INSPECT};
  const bool begins = plan_left == 0;
  if (begins) {
    plan = running_slot() == NO_SLOT && !draw_one_in(8) ? UPDATE : draw_below(5);
    plan_left = 20 + draw_below(plan == STREAM || plan == CLIP_OF_SAMPLES ? 150 : 50);
  }
  plan_left--;
  if (plan == ANYTHING || draw_one_in(50)) return any_kind();
  if (plan == UPDATE) {
    if (!update_active()) return draw_one_in(8) ? any_kind() : draw_one_in(3) ? ROLLBACK : BEGIN;
    if (!begun) return BEGIN;
    return agreed.update_written < model_length ? WRITE : COMMIT;
  }
  if (begins || agreed.source == SOURCE_NONE) return CLIP;
  const bool ready = agreed.frames_ready >= agreed.frames;
  if (plan == STREAM ? draw_one_in(4) : ready || draw_one_in(20)) return then[draw_below(sizeof then)];
  return plan == CLIP_OF_FEATURES ? FEATURES : SAMPLES;
}

static void request(void) {
  const uint32_t kind = draw_kind();
  uint32_t body_length = draw_body(kind, packet + PACKET_HEADER);
  if (body_length > PACKET_BODY) body_length = PACKET_BODY;
  const uint32_t length = PACKET_HEADER + body_length;
  const bool honest = !draw_one_in(30);
  packet[0] = (uint8_t)kind;
  packet[1] = honest ? 0 : (uint8_t)draw_number();
  put_u16(packet + 2, honest ? ++id : draw());
  put_u32(packet + 4, honest || kind == HELLO ? nonce : draw());

  const uint32_t before = board_sent_frames;
  frame_send(packet, length, receive);
  CHECK(board_sent_frames - before <= 1);
  if (board_sent_frames == before) return;
  uint32_t answer_length;
  const uint8_t *answer = board_last_packet(&answer_length);
  CHECK(answer[0] == (kind | ANSWER) && get_u32(answer + 4) == nonce);
  CHECK(answer[1] <= NO_DETECTION || (answer[1] >= TOO_LARGE && answer[1] <= NO_RECORDS_LEFT));
  // the kernel stays inside its memory for every model that it accepted
  CHECK(answer[1] != TRAPPED);
  CHECK(answer[1] == OK || answer_length == PACKET_HEADER + 8);
  statuses[answer[1]]++;
  if (answer[1] == OK) {
    succeeded[kind]++;
    begun |= kind == BEGIN;
    answers_check(kind, packet + PACKET_HEADER, body_length, answer + PACKET_HEADER, answer_length - PACKET_HEADER);
  } else if (draw_one_in(8)) {
    plan_left = 0; // as a host would that gives up
  }
  // a repeated request gets the same answer
  if (draw_one_in(16) && get_u16(answer + 2) == id && answer[1] != RESTARTED) {
    static uint8_t first[PACKET_BYTES];
    const uint32_t first_length = answer_length;
    memcpy(first, answer, answer_length);
    const uint32_t repeats = counts.repeats;
    frame_send(packet, length, receive);
    answer = board_last_packet(&answer_length);
    if (counts.repeats > repeats) {
      CHECK(answer_length == first_length && memcmp(answer, first, first_length) == 0);
    }
  }
  // a HELLO or a later request has changed the id
  if (answer[1] != RESTARTED) id = get_u16(answer + 2);
}

/** Words that the board detects by itself, between two requests. */
static uint32_t detected;

static void listen(void) {
  for (uint32_t turns = draw_below(draw_one_in(8) ? 200 : 4); turns > 0; turns--) {
    const uint32_t before = board_sent_frames;
    listening_continue();
    if (board_sent_frames == before) continue;
    uint32_t length;
    const uint8_t *event = board_last_packet(&length);
    // a text would say that the kernel stopped
    CHECK(board_sent_frames == before + 1 && event[0] == DETECTED && get_u32(event + 4) == nonce);
    CHECK(length > PACKET_HEADER + 12 && length <= PACKET_HEADER + EVENT_BYTES);
    detected++;
  }
}

int main(int argc, char **argv) {
  CHECK(argc > 3);
  draw_state = strtoull(argv[1], NULL, 0);
  const uint32_t inputs = (uint32_t)strtoul(argv[2], NULL, 0);
  models_read(3, argc, argv);
  memset(board_flash, 0xff, sizeof board_flash);
  uint32_t boots = 0;
  for (uint32_t input = 0; input < inputs; input++) {
    if (input == 0 || session_restart_wanted() || draw_one_in(400)) {
      boot();
      boots++;
    }
    if (draw_one_in(50)) {
      for (uint32_t n = draw_below(40); n > 0; n--) session_receive((uint8_t)draw());
      session_receive(0);
    }
    request();
    listen();
  }
  printf("%u inputs, %u boots; answers by status:", inputs, boots);
  for (uint32_t k = 0; k < 256; k++) {
    if (statuses[k] > 0) printf(" %u: %u", k, statuses[k]);
  }
  printf("; done by kind:");
  for (uint32_t k = 0; k < 256; k++) {
    if (succeeded[k] > 0) printf(" 0x%02x: %u", k, succeeded[k]);
  }
  printf("; results in streams: %u, long answers of INSPECT: %u, words detected alone: %u\n", agreed.results,
         agreed.cut, detected);
}
