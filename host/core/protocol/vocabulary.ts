/** The version of firmware-bridge/protocol.md that is spoken here. */
export const PROTOCOL_VERSION = 1;

/** Baud of a board's serial port, HAL_BAUD in firmware-bridge/hal/hal.h; a pseudoterminal does not care. */
export const BAUD_RATE = 500_000;

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
  statistics: 0x30,
  restart: 0x31,
} as const;

/** Kinds of events, board to host. */
export const EVENT = { booted: 0xc0, text: 0xc1 } as const;

/** Errors on which the host acts; `refusalText` knows them all. */
export const STATUS = {
  ok: 0,
  restarted: 1,
  noModel: 5,
  tooLarge: 16,
  notEnoughRam: 17,
  modelFormat: 18,
  modelInvalid: 19,
  noOtherModel: 26,
} as const;

/** `source` of CLIP. */
export const SOURCE = { samples: 0, features: 1, stream: 2 } as const;

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

/** What a kind of request is called in messages. */
export function kindName(kind: number): string {
  const name = Object.entries(KIND).find(([, value]) => value === kind)?.[0];
  return name?.toUpperCase() ?? `request 0x${kind.toString(16)}`;
}

/** How long an answer is waited for, and how often the request is sent. */
export interface Patience {
  readonly waitMs: number;
  readonly tries: number;
}

/** The times of firmware-bridge/protocol.md: flash erases slowly, and a slow board computes for long. */
export function patienceFor(kind: number): Patience {
  switch (kind) {
    case KIND.begin:
      return { waitMs: 20_000, tries: 3 };
    case KIND.commit:
    case KIND.rollback:
      return { waitMs: 10_000, tries: 3 };
    case KIND.infer:
    case KIND.step:
    case KIND.samples:
    case KIND.inspect:
      return { waitMs: 1000, tries: 20 };
    default:
      return { waitMs: 1000, tries: 5 };
  }
}
