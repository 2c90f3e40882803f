/** The numbers of firmware-bridge/protocol.md: packets, kinds and errors. */
#ifndef SPIKEWORD_PACKET_H
#define SPIKEWORD_PACKET_H

#include <stdint.h>

#define PROTOCOL_VERSION 1

/** kind u8, status u8, id u16, nonce u32. */
#define PACKET_HEADER 8
#define PACKET_BODY 1024
#define PACKET_BYTES (PACKET_HEADER + PACKET_BODY)

/** Added to a request's kind in its answer. */
#define ANSWER 0x80
/** Requests have kinds below this. */
#define REQUESTS_END 0x40

enum kind {
  HELLO = 0x01,
  BEGIN = 0x10,
  WRITE = 0x11,
  COMMIT = 0x12,
  ROLLBACK = 0x13,
  READ = 0x14,
  CLIP = 0x20,
  SAMPLES = 0x21,
  FEATURES = 0x22,
  INFER = 0x23,
  STEP = 0x24,
  INSPECT = 0x25,
  STATISTICS = 0x30,
  RESTART = 0x31,
  BOOTED = 0xc0,
  TEXT = 0xc1,
};

enum status {
  OK = 0,
  RESTARTED = 1,
  UNKNOWN_KIND = 2,
  BAD_BODY = 3,
  OUT_OF_RANGE = 4,
  NO_MODEL = 5,
  NOT_READY = 6,
  OUT_OF_ORDER = 7,
  NO_UPDATE = 8,
  TRAPPED = 9,
  WRONG_FEATURES = 10,
  TOO_LARGE = 16,
  NOT_ENOUGH_RAM = 17,
  MODEL_FORMAT = 18,
  MODEL_INVALID = 19,
  MISMATCH = 20,
  INCOMPLETE = 21,
  BAD_CRC = 22,
  FLASH_ERASE = 23,
  FLASH_PROGRAM = 24,
  FLASH_READ = 25,
  NO_OTHER_MODEL = 26,
  NO_RECORDS_LEFT = 27,
};

/** How something went: OK, or an error with the two numbers that belong to it. */
struct outcome {
  uint32_t status;
  uint32_t detail;
  uint32_t other;
};

static inline struct outcome failed(enum status status, uint32_t detail, uint32_t other) {
  return (struct outcome){status, detail, other};
}

static inline struct outcome done(void) {
  return (struct outcome){OK, 0, 0};
}

#endif
