// Generated from contracts/ by npm run generate; change it there.

export const PROTOCOL_VERSION = 1;

/** Baud rate of a wired serial port; pseudoterminals and USB ignore it. */
export const BAUD_RATE = 500_000;
/** Bytes before the body: kind u8, status u8, id u16, nonce u32. */
export const PACKET_HEADER = 8;
/** Most bytes in a body, in either direction. */
export const PACKET_BODY = 1024;
/** Added to a request's kind in the answer to it. */
export const ANSWER = 0x80;
/** Requests have kinds below this. */
export const REQUESTS_END = 0x40;
/** Kinds from here on are events, which the board sends unasked. */
export const FIRST_EVENT = 0xc0;
/** Bytes from the start of the model that BEGIN carries. */
export const SHOWN_BYTES = 1000;
/** Most bytes of the model, or of features, in one request. */
export const WRITE_BYTES = 1020;
/** Most bytes in the answer to one READ. */
export const READ_BYTES = 1024;
/** Most bytes in the answer to one INSPECT. */
export const INSPECT_BYTES = 1020;
/** Most samples in one SAMPLES of a clip; in a stream it is one hop. */
export const CLIP_PUSH_SAMPLES = 510;
/** Most layers whose steps are counted one by one; more would not fit in an answer. */
export const MOST_STEPS = 128;
/** Slots for models in flash. */
export const SLOTS = 2;
/** Means no slot. */
export const NO_SLOT = 255;
/** Means no source, on a board without a clip. */
export const SOURCE_NONE = 255;
/** Means no class, while steps are left. */
export const NO_CLASS = 65_535;
/** Most bytes in the body of an event; a text is cut to fit. */
export const EVENT_BYTES = 0x78;

/** Kinds of requests, host to board. */
export const KIND = {
  hello: 0x01,
  begin: 0x10,
  write: 0x11,
  commit: 0x12,
  rollback: 0x13,
  read: 0x14,
  clip: 0x20,
  samples: 0x21,
  features: 0x22,
  infer: 0x23,
  step: 0x24,
  inspect: 0x25,
  listen: 0x26,
  statistics: 0x30,
  restart: 0x31,
} as const;

/** Kinds of events, board to host. */
export const EVENT = {
  booted: 0xc0,
  text: 0xc1,
  detected: 0xc2,
} as const;

/** How long to wait for an answer, and how often to send the request. */
export interface Patience {
  readonly waitMs: number;
  readonly tries: number;
}

/** The patience for each kind of request: flash erases slowly, and a slow board takes long to compute. */
export const PATIENCE: Readonly<Record<number, Patience>> = {
  0x01: { waitMs: 1000, tries: 5 },
  0x10: { waitMs: 20_000, tries: 3 },
  0x11: { waitMs: 1000, tries: 5 },
  0x12: { waitMs: 10_000, tries: 3 },
  0x13: { waitMs: 10_000, tries: 3 },
  0x14: { waitMs: 1000, tries: 5 },
  0x20: { waitMs: 1000, tries: 5 },
  0x21: { waitMs: 1000, tries: 20 },
  0x22: { waitMs: 1000, tries: 5 },
  0x23: { waitMs: 1000, tries: 20 },
  0x24: { waitMs: 1000, tries: 20 },
  0x25: { waitMs: 1000, tries: 20 },
  0x26: { waitMs: 1000, tries: 20 },
  0x30: { waitMs: 1000, tries: 5 },
  0x31: { waitMs: 1000, tries: 5 },
};

/** `source` of CLIP. */
export const SOURCE = {
  samples: 0,
  features: 1,
  stream: 2,
} as const;

/** `what` of INSPECT. */
export const INSPECT = {
  samples: 0,
  features: 1,
  stemCurrent: 2,
  spikes: 3,
  scores: 4,
  spikeCounts: 5,
  operationCounts: 6,
  stepCounts: 7,
} as const;

/** `what` of LISTEN. */
export const LISTEN = {
  off: 0,
  on: 1,
  ask: 2,
} as const;

/** What a board counts as work; the code is the index. */
export const COUNT_UNITS = ['none', 'instructions', 'cycles'] as const;

/** The state of a slot. */
export const SLOT_STATE = {
  empty: 0,
  unfinished: 1,
  damaged: 2,
  whole: 3,
  refused: 4,
} as const;

/** Names of a slot's states. */
export const SLOT_STATE_NAMES: Readonly<Record<number, string>> = {
  0: 'empty',
  1: 'unfinished',
  2: 'damaged',
  3: 'whole',
  4: 'refused by the kernel',
};

/** Why a kernel stopped itself. */
export const TRAP_NAMES: Readonly<Record<number, string>> = {
  0: 'nothing',
  1: 'an access outside its memory',
  2: 'an integer overflow',
  3: 'a division by zero',
  4: 'an invalid conversion',
  5: 'unreachable code',
  8: 'a stack overflow',
};

/** Statuses of an answer. */
export const STATUS = {
  ok: 0,
  restarted: 1,
  unknownKind: 2,
  badBody: 3,
  outOfRange: 4,
  noModel: 5,
  notReady: 6,
  outOfOrder: 7,
  noUpdate: 8,
  trapped: 9,
  wrongFeatures: 10,
  noMicrophone: 11,
  noDetection: 12,
  tooLarge: 16,
  notEnoughRam: 17,
  modelFormat: 18,
  modelInvalid: 19,
  mismatch: 20,
  incomplete: 21,
  badCrc: 22,
  flashErase: 23,
  flashProgram: 24,
  flashRead: 25,
  noOtherModel: 26,
  noRecordsLeft: 27,
} as const;

/** What each status means and what to do about it. */
export const STATUS_SENTENCES: Readonly<Record<number, string>> = {
  1: 'the board restarted in the middle of the work; try again',
  2:
    "the board does not know the request {request}: its firmware is older than this spikeword; install this version's firmware (`spikeword board flash-image`, or start `spikeword board emulate` again)",
  3: 'the board refuses a {request} request of {detail} bytes; it expects {other}',
  4: 'the board refuses the value {detail} in {request}; the nearest allowed value is {other}',
  5: 'no model is running on the board; write one to it with `spikeword flash MODEL`',
  6: 'the board is not ready for {request}: it needs {other} clips, frames or steps first, but has {detail}',
  7: 'the board expected {detail} next in {request} but got {other}; another program may be talking to it',
  8: 'no update is in progress on the board; flash the model again',
  9: 'the kernel was stopped by {detail:trap} (address {other:hex}); please report it',
  10:
    "the model needs {detail} coefficients per frame, but the board's front end computes {other}; send features instead (`evaluate --send features`)",
  11: 'the board has no microphone; send it the sound of this computer with `spikeword listen --port`',
  12:
    'the model on the board does not say how to detect words; add that with `spikeword tune MODEL`, then flash it again',
  16: 'the model needs {detail:bytes} of flash, but a slot of the board has only {other:bytes}; nothing was changed',
  17: 'the model needs {detail:bytes} of RAM, but the board has only {other:bytes}; nothing was changed',
  18: "the model has format version {detail}, but the board's kernel reads version {other}; nothing was changed",
  19: "the board's kernel refuses the model: {detail:loadError}",
  20:
    'the length or CRC-32 of the model changed during the update, from {other:hex} to {detail:hex}; flash the model again',
  21: "the board received only {detail:bytes} of the model's {other:bytes}; flash the model again",
  22: "the model in the board's flash has CRC-32 {detail:hex}, expected {other:hex}; the old model keeps running",
  23: 'the flash at {detail:hex} cannot be erased (it still reads {other:hex}): it is worn out or locked',
  24:
    'the flash at {detail:hex} does not keep what is written (it reads {other:hex} afterwards): it is worn out or locked',
  25: 'cannot read {other:bytes} of flash at {detail:hex}',
  26: 'the other slot of the board has no usable model ({detail:slotState}), so there is nothing to go back to',
  27:
    'the slot has no room to record another rollback (all {detail} records are used); flash the model that you want to run instead',
};
