/**
 * One function for each request of firmware-bridge/protocol.md. Each gets the body of the request and writes the body
 * of the answer, at most PACKET_BODY bytes.
 */
#ifndef SPIKEWORD_COMMANDS_H
#define SPIKEWORD_COMMANDS_H

#include "../protocol/packet.h"

struct request {
  const uint8_t *body;
  uint32_t length;
};

struct answer {
  uint8_t *body;
  uint32_t length;
};

typedef struct outcome command(const struct request *request, struct answer *answer);

command command_begin, command_write, command_commit, command_rollback, command_read;
command command_clip, command_samples, command_features, command_infer, command_step, command_inspect, command_listen;
command command_statistics;

/** HELLO; the answer repeats the session of the request. */
struct outcome command_hello(const struct request *request, struct answer *answer, uint32_t nonce);

/** OK if the body has `least` to `most` bytes. */
static inline struct outcome body_within(const struct request *request, uint32_t least, uint32_t most) {
  if (request->length < least) return failed(BAD_BODY, request->length, least);
  if (request->length > most) return failed(BAD_BODY, request->length, most);
  return done();
}

#endif
