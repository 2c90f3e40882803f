/* Generated from contracts/ by npm run generate; change it there. */
#ifndef SPIKEWORD_PROTOCOL_GENERATED_H
#define SPIKEWORD_PROTOCOL_GENERATED_H

#define PROTOCOL_VERSION 1
/** Bytes before the body: kind u8, status u8, id u16, nonce u32. */
#define PACKET_HEADER 8
/** Most bytes in a body, in either direction. */
#define PACKET_BODY 1024
/** Added to a request's kind in the answer to it. */
#define ANSWER 0x80
/** Requests have kinds below this. */
#define REQUESTS_END 0x40
/** Kinds from here on are events, which the board sends unasked. */
#define FIRST_EVENT 0xc0
/** Bytes from the start of the model that BEGIN carries. */
#define SHOWN_BYTES 1000
/** Most bytes of the model, or of features, in one request. */
#define WRITE_BYTES 1020
/** Most bytes in the answer to one READ. */
#define READ_BYTES 1024
/** Most bytes in the answer to one INSPECT. */
#define INSPECT_BYTES 1020
/** Most samples in one SAMPLES of a clip; in a stream it is one hop. */
#define CLIP_PUSH_SAMPLES 510
/** Most layers whose steps are counted one by one; more would not fit in an answer. */
#define MOST_STEPS 128
/** Slots for models in flash. */
#define SLOTS 2
/** Means no slot. */
#define NO_SLOT 255
/** Means no source, on a board without a clip. */
#define SOURCE_NONE 255
/** Means no class, while steps are left. */
#define NO_CLASS 65535
/** Most bytes in the body of an event; a text is cut to fit. */
#define EVENT_BYTES 0x78
#define PACKET_BYTES (PACKET_HEADER + PACKET_BODY)

/** Kinds of requests, and of events. */
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
  LISTEN = 0x26,
  STATISTICS = 0x30,
  RESTART = 0x31,
  BOOTED = 0xc0,
  TEXT = 0xc1,
  DETECTED = 0xc2,
};

/** How a request went. */
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
  NO_MICROPHONE = 11,
  NO_DETECTION = 12,
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

/** `source` of CLIP. */
enum source {
  SOURCE_SAMPLES = 0,
  SOURCE_FEATURES = 1,
  SOURCE_STREAM = 2,
};

/** `what` of INSPECT. */
enum inspected {
  INSPECT_SAMPLES = 0,
  INSPECT_FEATURES = 1,
  INSPECT_STEM_CURRENT = 2,
  INSPECT_SPIKES = 3,
  INSPECT_SCORES = 4,
  INSPECT_SPIKE_COUNTS = 5,
  INSPECT_OPERATION_COUNTS = 6,
  INSPECT_STEP_COUNTS = 7,
};

/** `what` of LISTEN. */
enum listening {
  LISTEN_OFF = 0,
  LISTEN_ON = 1,
  LISTEN_ASK = 2,
};

/** The state of a slot. */
enum slot_state {
  SLOT_EMPTY = 0,
  SLOT_UNFINISHED = 1,
  SLOT_DAMAGED = 2,
  SLOT_WHOLE = 3,
  SLOT_REFUSED = 4,
};

#endif
