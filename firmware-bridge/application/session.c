#include "session.h"

#include <string.h>

#include "../hal/hal.h"
#include "../protocol/bytes.h"
#include "../protocol/crc32.h"
#include "../protocol/frame.h"
#include "commands.h"
#include "counts.h"

/** The least bytes of the body of HELLO: protocol version and session. */
#define HELLO_REQUEST 6

static struct frame_decoder decoder;
static uint32_t boot_nonce;
static bool restart_wanted;

/** The last request, and its answer, which is sent again if the request is repeated. */
static struct {
  bool any;
  uint16_t id;
  uint32_t crc;
  uint32_t session;
  uint32_t length;
  uint8_t answer[PACKET_BYTES + FRAME_CRC];
} last;

bool session_restart_wanted(void) { return restart_wanted; }

static void put_header(uint8_t *packet, uint32_t kind, uint32_t status, uint32_t id) {
  packet[0] = (uint8_t)kind;
  packet[1] = (uint8_t)status;
  put_u16(packet + 2, id);
  put_u32(packet + 4, boot_nonce);
}

/** Answers with an error that is not kept, because the request does not belong to the current conversation. */
static void refuse(uint32_t kind, uint32_t id, struct outcome outcome) {
  uint8_t packet[PACKET_HEADER + 8 + FRAME_CRC];
  put_header(packet, kind | ANSWER, outcome.status, id);
  put_u32(packet + PACKET_HEADER, outcome.detail);
  put_u32(packet + PACKET_HEADER + 4, outcome.other);
  frame_send(packet, PACKET_HEADER + 8, hal_send);
}

static struct outcome restart(const struct request *request, struct answer *answer) {
  (void)answer;
  const struct outcome outcome = body_within(request, 0, 0);
  restart_wanted = outcome.status == OK;
  return outcome;
}

static command *command_of(uint32_t kind) {
  switch (kind) {
    case BEGIN:
      return command_begin;
    case WRITE:
      return command_write;
    case COMMIT:
      return command_commit;
    case ROLLBACK:
      return command_rollback;
    case READ:
      return command_read;
    case CLIP:
      return command_clip;
    case SAMPLES:
      return command_samples;
    case FEATURES:
      return command_features;
    case INFER:
      return command_infer;
    case STEP:
      return command_step;
    case INSPECT:
      return command_inspect;
    case LISTEN:
      return command_listen;
    case STATISTICS:
      return command_statistics;
    case RESTART:
      return restart;
    default:
      return NULL;
  }
}

static struct outcome perform(uint32_t kind, uint32_t status, const struct request *request, struct answer *answer) {
  if (status != 0) return failed(OUT_OF_RANGE, status, 0);
  if (kind == HELLO) return command_hello(request, answer, boot_nonce);
  command *command = command_of(kind);
  return command == NULL ? failed(UNKNOWN_KIND, kind, 0) : command(request, answer);
}

/** Performs a new request; keeps its answer and sends it. */
static void answer(const uint8_t *packet, uint32_t length) {
  const struct request request = {packet + PACKET_HEADER, length - PACKET_HEADER};
  struct answer answer = {last.answer + PACKET_HEADER, 0};
  const struct outcome outcome = perform(packet[0], packet[1], &request, &answer);
  if (outcome.status != OK) {
    put_u32(answer.body, outcome.detail);
    put_u32(answer.body + 4, outcome.other);
    answer.length = 8;
  }
  put_header(last.answer, packet[0] | ANSWER, outcome.status, last.id);
  last.length = PACKET_HEADER + answer.length;
  counts.requests++;
  frame_send(last.answer, last.length, hal_send);
}

/** Whether this is a HELLO of another session than the current one, which restarts the count of ids. */
static bool begins_session(const uint8_t *packet) {
  return packet[0] == HELLO && (!last.any || get_u32(packet + PACKET_HEADER + 2) != last.session);
}

static void receive(const uint8_t *packet, uint32_t length) {
  const uint32_t kind = packet[0];
  const uint16_t id = get_u16(packet + 2);
  const uint32_t nonce = get_u32(packet + 4);
  if (kind >= REQUESTS_END) return; // an echo of the board's own packet, or noise that has a valid CRC by chance
  if (kind == HELLO) {
    if (length < PACKET_HEADER + HELLO_REQUEST) {
      refuse(kind, id, failed(BAD_BODY, length - PACKET_HEADER, HELLO_REQUEST));
      return;
    }
  } else if (nonce != boot_nonce) {
    counts.restarted++;
    refuse(kind, id, failed(RESTARTED, boot_nonce, nonce));
    return;
  }
  const uint32_t crc = crc32_add(CRC32_EMPTY, packet, length);
  if (begins_session(packet)) {
    last.session = get_u32(packet + PACKET_HEADER + 2);
  } else if (last.any && id == last.id && crc == last.crc) {
    counts.repeats++;
    frame_send(last.answer, last.length, hal_send);
    return;
  } else if (last.any && (id == last.id || (uint16_t)(id - last.id) > 0x7fff)) {
    counts.late++;
    return;
  }
  last.any = true;
  last.id = id;
  last.crc = crc;
  answer(packet, length);
}

void session_receive(uint8_t byte) {
  uint32_t length;
  const uint8_t *packet = frame_decode(&decoder, byte, &length);
  counts.dropped = decoder.dropped;
  if (packet != NULL) receive(packet, length);
}

void session_event(uint32_t kind, const void *body, uint32_t length) {
  uint8_t packet[PACKET_HEADER + EVENT_BYTES + FRAME_CRC];
  if (length > EVENT_BYTES) length = EVENT_BYTES;
  put_header(packet, kind, 0, 0);
  memcpy(packet + PACKET_HEADER, body, length);
  frame_send(packet, PACKET_HEADER + length, hal_send);
}

void session_text(const char *text) { session_event(TEXT, text, (uint32_t)strlen(text)); }

void session_start(uint32_t nonce) {
  memset(&decoder, 0, sizeof decoder);
  memset(&last, 0, sizeof last);
  memset(&counts, 0, sizeof counts);
  restart_wanted = false;
  boot_nonce = nonce;
  uint8_t body[8];
  put_u32(body, nonce);
  put_u32(body + 4, PROTOCOL_VERSION);
  session_event(BOOTED, body, sizeof body);
}
