// The serial protocol: firmware-bridge/protocol.md explains it.

export const PROTOCOL_VERSION = 1;

/** Sizes and rates. */
export const limits = [
  { name: 'BAUD_RATE', value: 500_000, doc: 'Baud rate of a wired serial port; pseudoterminals and USB ignore it.' },
  { name: 'PACKET_HEADER', value: 8, doc: 'Bytes before the body: kind u8, status u8, id u16, nonce u32.' },
  { name: 'PACKET_BODY', value: 1024, doc: 'Most bytes in a body, in either direction.' },
  { name: 'ANSWER', value: 0x80, doc: "Added to a request's kind in the answer to it." },
  { name: 'REQUESTS_END', value: 0x40, doc: 'Requests have kinds below this.' },
  { name: 'FIRST_EVENT', value: 0xc0, doc: 'Kinds from here on are events, which the board sends unasked.' },
  { name: 'SHOWN_BYTES', value: 1000, doc: 'Bytes from the start of the model that BEGIN carries.' },
  { name: 'WRITE_BYTES', value: 1020, doc: 'Most bytes of the model, or of features, in one request.' },
  { name: 'READ_BYTES', value: 1024, doc: 'Most bytes in the answer to one READ.' },
  { name: 'INSPECT_BYTES', value: 1020, doc: 'Most bytes in the answer to one INSPECT.' },
  { name: 'CLIP_PUSH_SAMPLES', value: 510, doc: 'Most samples in one SAMPLES of a clip; in a stream it is one hop.' },
  {
    name: 'MOST_STEPS',
    value: 128,
    doc: 'Most layers whose steps are counted one by one; more would not fit in an answer.',
  },
  { name: 'SLOTS', value: 2, doc: 'Slots for models in flash.' },
  { name: 'NO_SLOT', value: 255, doc: 'Means no slot.' },
  { name: 'SOURCE_NONE', value: 255, doc: 'Means no source, on a board without a clip.' },
  { name: 'NO_CLASS', value: 65_535, doc: 'Means no class, while steps are left.' },
  { name: 'EVENT_BYTES', value: 120, doc: 'Most bytes in the body of an event; a text is cut to fit.' },
];

/** Requests, host to board, with how long the host waits for the answer and how often it sends the request. */
export const requests = [
  {
    name: 'hello',
    kind: 0x01,
    waitMs: 1000,
    tries: 5,
    note: 'a port that was just opened may lose the first bytes',
  },
  { name: 'begin', kind: 0x10, waitMs: 20_000, tries: 3, note: 'erases up to a slot; slow flash takes 2 s for 128 KB' },
  { name: 'write', kind: 0x11, waitMs: 1000, tries: 5 },
  { name: 'commit', kind: 0x12, waitMs: 10_000, tries: 3 },
  { name: 'rollback', kind: 0x13, waitMs: 10_000, tries: 3 },
  { name: 'read', kind: 0x14, waitMs: 1000, tries: 5 },
  { name: 'clip', kind: 0x20, waitMs: 1000, tries: 5 },
  { name: 'samples', kind: 0x21, waitMs: 1000, tries: 20, note: 'a slow board needs time to compute' },
  { name: 'features', kind: 0x22, waitMs: 1000, tries: 5 },
  { name: 'infer', kind: 0x23, waitMs: 1000, tries: 20, note: 'a slow board needs time to compute' },
  { name: 'step', kind: 0x24, waitMs: 1000, tries: 20, note: 'a slow board needs time to compute' },
  { name: 'inspect', kind: 0x25, waitMs: 1000, tries: 20, note: 'a slow board needs time to compute' },
  { name: 'listen', kind: 0x26, waitMs: 1000, tries: 20, note: 'a slow board needs time to compute' },
  { name: 'statistics', kind: 0x30, waitMs: 1000, tries: 5 },
  { name: 'restart', kind: 0x31, waitMs: 1000, tries: 5 },
];

/** Events, board to host. */
export const events = [
  { name: 'booted', kind: 0xc0 },
  { name: 'text', kind: 0xc1 },
  { name: 'detected', kind: 0xc2 },
];

/** `what` of LISTEN. */
export const listening = [
  { name: 'off', code: 0 },
  { name: 'on', code: 1 },
  { name: 'ask', code: 2 },
];

/** `source` of CLIP. */
export const sources = [
  { name: 'samples', code: 0 },
  { name: 'features', code: 1 },
  { name: 'stream', code: 2 },
];

/** `what` of INSPECT. */
export const inspected = [
  {
    name: 'samples',
    code: 0,
    title: 'samples',
    whole: "u32 CRC-32 of the samples' bytes since CLIP, u32 number of samples",
  },
  { name: 'features', code: 1, title: 'features', whole: 'i8 [F][C]' },
  {
    name: 'stemCurrent',
    code: 2,
    title: 'stem current',
    index: 'position',
    whole: 'i32 [channels]: the same at every timestep, bias included',
  },
  {
    name: 'spikes',
    code: 3,
    title: 'spikes',
    index: 'layer',
    whole: 'u32 [position][timestep][word of 32 channels], channel c in bit c mod 32 of word c / 32',
  },
  { name: 'scores', code: 4, title: 'scores', whole: 'i32 [K]' },
  { name: 'spikeCounts', code: 5, title: 'spikes of each layer', whole: 'u32 [L]' },
  { name: 'operationCounts', code: 6, title: 'operations', whole: 'u32 [L]' },
  { name: 'stepCounts', code: 7, title: 'counts', whole: 'u32 [L + 1]' },
];

/** What a board counts as work. */
export const countUnits = [
  { name: 'none', code: 0 },
  { name: 'instructions', code: 1 },
  { name: 'cycles', code: 2 },
];

/** States of a slot; `title` is the name in messages. */
export const slotStates = [
  {
    name: 'empty',
    code: 0,
    title: 'empty',
    meaning: 'no model was ever committed, or an update has begun; sequence, length and CRC are 0',
  },
  {
    name: 'unfinished',
    code: 1,
    title: 'unfinished',
    meaning: 'it has content, but no committed model; sequence, length and CRC are 0',
  },
  {
    name: 'damaged',
    code: 2,
    title: 'damaged',
    meaning: 'committed, but the CRC of the content has changed since',
  },
  { name: 'whole', code: 3, title: 'whole', meaning: 'a committed model with the right CRC' },
  { name: 'refused', code: 4, title: 'refused by the kernel', meaning: "whole, but this firmware's kernel refuses it" },
];

/** Why a kernel stops itself. */
export const traps = [
  { name: 'none', code: 0, sentence: 'nothing' },
  { name: 'outOfBounds', code: 1, sentence: 'an access outside its memory' },
  { name: 'integerOverflow', code: 2, sentence: 'an integer overflow' },
  { name: 'divisionByZero', code: 3, sentence: 'a division by zero' },
  { name: 'invalidConversion', code: 4, sentence: 'an invalid conversion' },
  { name: 'unreachable', code: 5, sentence: 'unreachable code' },
  { name: 'stack', code: 8, sentence: 'a stack overflow' },
];

/**
 * Statuses of an answer. `meaning`, `detail` and `other` are for the documentation, `sentence` is for the user. A
 * sentence refers to its numbers in braces, with a form if they are not plain: {detail:hex}, {detail:bytes},
 * {detail:trap}, {detail:slotState}, {detail:loadError} (the kernel's error, whose detail is `other`); {request} is the
 * request that was refused.
 */
export const statuses = [
  { name: 'ok', code: 0 },
  {
    name: 'restarted',
    code: 1,
    meaning: "the nonce of the request is not the board's",
    detail: "board's nonce",
    other: "request's",
    sentence: 'the board restarted in the middle of the work; try again',
  },
  {
    name: 'unknownKind',
    code: 2,
    meaning: 'no such request in this version',
    detail: 'kind',
    sentence:
      "the board does not know the request {request}: its firmware is older than this spikeword; install this version's firmware (`spikeword board flash-image`, or start `spikeword board emulate` again)",
  },
  {
    name: 'badBody',
    code: 3,
    meaning: 'the body is too short, too long or of an odd length',
    detail: 'bytes given',
    other: 'bytes expected; the least, if it may be longer',
    sentence: 'the board refuses a {request} request of {detail} bytes; it expects {other}',
  },
  {
    name: 'outOfRange',
    code: 4,
    meaning: 'a field is out of range',
    detail: 'value',
    other: 'most; the least, if the value is too small',
    sentence: 'the board refuses the value {detail} in {request}; the nearest allowed value is {other}',
  },
  {
    name: 'noModel',
    code: 5,
    meaning: 'no model runs',
    detail: 'state of slot 0',
    other: 'state of slot 1',
    sentence: 'no model is running on the board; write one to it with `spikeword flash MODEL`',
  },
  {
    name: 'notReady',
    code: 6,
    meaning: 'something else must come first: CLIP, frames, a step',
    detail: 'number of clips of this kind, frames or steps',
    other: 'number needed',
    sentence: 'the board is not ready for {request}: it needs {other} clips, frames or steps first, but has {detail}',
  },
  {
    name: 'outOfOrder',
    code: 7,
    meaning: 'wrong offset or index',
    detail: 'expected',
    other: 'given',
    sentence: 'the board expected {detail} next in {request} but got {other}; another program may be talking to it',
  },
  {
    name: 'noUpdate',
    code: 8,
    meaning: 'no BEGIN came first',
    sentence: 'no update is in progress on the board; flash the model again',
  },
  {
    name: 'trapped',
    code: 9,
    meaning: 'a run-time check stopped the kernel; the board loads the model again',
    detail: 'reason',
    other: 'address',
    sentence: 'the kernel was stopped by {detail:trap} (address {other:hex}); please report it',
  },
  {
    name: 'wrongFeatures',
    code: 10,
    meaning: 'the front end does not compute the features that the model needs',
    detail: "model's coefficients",
    other: "front end's",
    sentence:
      "the model needs {detail} coefficients per frame, but the board's front end computes {other}; send features instead (`evaluate --send features`)",
  },
  {
    name: 'noMicrophone',
    code: 11,
    meaning: 'LISTEN on a board without a microphone',
    sentence: 'the board has no microphone; send it the sound of this computer with `spikeword listen --port`',
  },
  {
    name: 'noDetection',
    code: 12,
    meaning: 'LISTEN with a model that does not say how to detect words',
    sentence:
      'the model on the board does not say how to detect words; add that with `spikeword tune MODEL`, then flash it again',
  },
  {
    name: 'tooLarge',
    code: 16,
    meaning: 'the file does not fit a slot',
    detail: 'needed',
    other: 'available',
    sentence:
      'the model needs {detail:bytes} of flash, but a slot of the board has only {other:bytes}; nothing was changed',
  },
  {
    name: 'notEnoughRam',
    code: 17,
    meaning: 'the model does not fit the RAM',
    detail: 'needed',
    other: 'available',
    sentence: 'the model needs {detail:bytes} of RAM, but the board has only {other:bytes}; nothing was changed',
  },
  {
    name: 'modelFormat',
    code: 18,
    meaning: 'another version of the model format',
    detail: 'found',
    other: 'supported',
    sentence:
      "the model has format version {detail}, but the board's kernel reads version {other}; nothing was changed",
  },
  {
    name: 'modelInvalid',
    code: 19,
    meaning: "the kernel's error in docs/model-format.md",
    detail: 'its number',
    other: 'its detail',
    sentence: "the board's kernel refuses the model: {detail:loadError}",
  },
  {
    name: 'mismatch',
    code: 20,
    meaning: 'COMMIT does not match BEGIN',
    detail: 'given length, or CRC if the lengths agree',
    other: 'that of BEGIN',
    sentence:
      'the length or CRC-32 of the model changed during the update, from {other:hex} to {detail:hex}; flash the model again',
  },
  {
    name: 'incomplete',
    code: 21,
    meaning: 'COMMIT before everything was written',
    detail: 'written',
    other: 'length',
    sentence: "the board received only {detail:bytes} of the model's {other:bytes}; flash the model again",
  },
  {
    name: 'badCrc',
    code: 22,
    meaning: 'the content of the flash does not have the stated CRC',
    detail: 'computed',
    other: 'stated',
    sentence:
      "the model in the board's flash has CRC-32 {detail:hex}, expected {other:hex}; the old model keeps running",
  },
  {
    name: 'flashErase',
    code: 23,
    meaning: 'a sector cannot be erased',
    detail: 'address in the model area',
    other: 'what reads there, u32',
    sentence: 'the flash at {detail:hex} cannot be erased (it still reads {other:hex}): it is worn out or locked',
  },
  {
    name: 'flashProgram',
    code: 24,
    meaning: 'flash does not read back as programmed',
    detail: 'address in the model area',
    other: 'what reads there, u32',
    sentence:
      'the flash at {detail:hex} does not keep what is written (it reads {other:hex} afterwards): it is worn out or locked',
  },
  {
    name: 'flashRead',
    code: 25,
    meaning: 'flash cannot be read or mapped',
    detail: 'address in the model area',
    other: 'length',
    sentence: 'cannot read {other:bytes} of flash at {detail:hex}',
  },
  {
    name: 'noOtherModel',
    code: 26,
    meaning: 'ROLLBACK without a whole model in the other slot',
    detail: 'its state',
    sentence: 'the other slot of the board has no usable model ({detail:slotState}), so there is nothing to go back to',
  },
  {
    name: 'noRecordsLeft',
    code: 27,
    meaning: "too many ROLLBACKs, the slot's records are full: update instead",
    detail: 'records',
    sentence:
      'the slot has no room to record another rollback (all {detail} records are used); flash the model that you want to run instead',
  },
];
