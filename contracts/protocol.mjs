// The serial protocol: firmware-bridge/protocol.md tells its story.

export const PROTOCOL_VERSION = 1;

/** Sizes and rates. */
export const limits = [
  { name: 'BAUD_RATE', value: 500_000, doc: 'Baud of a wired serial port; a pseudoterminal or USB does not care.' },
  { name: 'PACKET_HEADER', value: 8, doc: 'Bytes before the body: kind u8, status u8, id u16, nonce u32.' },
  { name: 'PACKET_BODY', value: 1024, doc: 'Most bytes of a body, in either direction.' },
  { name: 'ANSWER', value: 0x80, doc: "Added to a request's kind in the answer to it." },
  { name: 'REQUESTS_END', value: 0x40, doc: 'Requests have kinds below this.' },
  { name: 'FIRST_EVENT', value: 0xc0, doc: 'Kinds from here on are said by the board of its own accord.' },
  { name: 'SHOWN_BYTES', value: 1000, doc: 'First bytes of the model that BEGIN shows the board.' },
  { name: 'WRITE_BYTES', value: 1020, doc: 'Most bytes of the model, or of features, in one request.' },
  { name: 'READ_BYTES', value: 1024, doc: 'Most bytes that one READ asks for.' },
  { name: 'INSPECT_BYTES', value: 1020, doc: 'Most bytes that one INSPECT asks for.' },
  { name: 'CLIP_PUSH_SAMPLES', value: 510, doc: 'Most samples in one SAMPLES of a clip; in a stream it is one hop.' },
  { name: 'MOST_STEPS', value: 128, doc: 'Layers whose steps are counted one by one; more have no room in an answer.' },
  { name: 'SLOTS', value: 2, doc: 'Slots for models in flash.' },
  { name: 'NO_SLOT', value: 255, doc: 'Stands for no slot.' },
  { name: 'SOURCE_NONE', value: 255, doc: 'Stands for no source, on a board without a clip.' },
  { name: 'NO_CLASS', value: 65_535, doc: 'Stands for no class, while steps are left.' },
];

/** Requests, host to board; how long the host waits for the answer, and how often it asks. */
export const requests = [
  {
    name: 'hello',
    kind: 0x01,
    waitMs: 1000,
    tries: 5,
    note: 'a port that was just opened may eat the first bytes',
  },
  { name: 'begin', kind: 0x10, waitMs: 20_000, tries: 3, note: 'erases up to a slot; slow flash takes 2 s for 128 KB' },
  { name: 'write', kind: 0x11, waitMs: 1000, tries: 5 },
  { name: 'commit', kind: 0x12, waitMs: 10_000, tries: 3 },
  { name: 'rollback', kind: 0x13, waitMs: 10_000, tries: 3 },
  { name: 'read', kind: 0x14, waitMs: 1000, tries: 5 },
  { name: 'clip', kind: 0x20, waitMs: 1000, tries: 5 },
  { name: 'samples', kind: 0x21, waitMs: 1000, tries: 20, note: 'a slow board computes' },
  { name: 'features', kind: 0x22, waitMs: 1000, tries: 5 },
  { name: 'infer', kind: 0x23, waitMs: 1000, tries: 20, note: 'a slow board computes' },
  { name: 'step', kind: 0x24, waitMs: 1000, tries: 20, note: 'a slow board computes' },
  { name: 'inspect', kind: 0x25, waitMs: 1000, tries: 20, note: 'a slow board computes' },
  { name: 'statistics', kind: 0x30, waitMs: 1000, tries: 5 },
  { name: 'restart', kind: 0x31, waitMs: 1000, tries: 5 },
];

/** Events, board to host. */
export const events = [
  { name: 'booted', kind: 0xc0 },
  { name: 'text', kind: 0xc1 },
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
    whole: "u32 CRC-32 of the samples' bytes since CLIP, u32 their number",
  },
  { name: 'features', code: 1, title: 'features', whole: 'i8 [F][C]' },
  {
    name: 'stemCurrent',
    code: 2,
    title: 'stem current',
    index: 'position',
    whole: 'i32 [channels]: at every timestep the same, bias included',
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

/** States of a slot; `title` is what a message says. */
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
    meaning: 'something stands there, but no committed model; sequence, length and CRC are 0',
  },
  {
    name: 'damaged',
    code: 2,
    title: 'damaged',
    meaning: 'committed, but the content has another CRC than when it was committed',
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
  { name: 'stack', code: 8, sentence: 'too deep a stack' },
];

/**
 * Statuses of an answer. `meaning`, `detail` and `other` are for the documentation, `sentence` is for the user. It
 * names its numbers in braces, with a form where they are not plain: {detail:hex}, {detail:bytes}, {detail:trap},
 * {detail:slotState}, {detail:loadError} (the kernel's error, whose detail is `other`); {request} is the request that
 * was refused.
 */
export const statuses = [
  { name: 'ok', code: 0 },
  {
    name: 'restarted',
    code: 1,
    meaning: 'the request has another nonce than the board',
    detail: "board's nonce",
    other: "request's",
    sentence: 'the board has restarted in the middle of the work; try again',
  },
  {
    name: 'unknownKind',
    code: 2,
    meaning: 'no such request in this version',
    detail: 'kind',
    sentence: 'the board does not know {request}; its firmware is older: flash the firmware of this spikeword',
  },
  {
    name: 'badBody',
    code: 3,
    meaning: 'the body is too short, too long or of an odd length',
    detail: 'bytes given',
    other: 'bytes expected; least, where it may be longer',
    sentence: 'the board finds {request} of {detail} bytes, expected {other}',
  },
  {
    name: 'outOfRange',
    code: 4,
    meaning: 'a field has a value that it cannot have',
    detail: 'value',
    other: 'most',
    sentence: 'the board refuses the value {detail} in {request}, the most is {other}',
  },
  {
    name: 'noModel',
    code: 5,
    meaning: 'no model runs',
    detail: 'state of slot 0',
    other: 'state of slot 1',
    sentence: 'no model runs on the board; `spikeword flash MODEL` puts one there',
  },
  {
    name: 'notReady',
    code: 6,
    meaning: 'something has to come first: CLIP, frames, a step',
    detail: 'what is there',
    other: 'what is needed',
    sentence: 'the board is not ready for {request}: {detail} there, {other} needed',
  },
  {
    name: 'outOfOrder',
    code: 7,
    meaning: 'offset or index',
    detail: 'expected',
    other: 'given',
    sentence: 'the board expects {detail} next in {request}, got {other}; another program may be talking to it',
  },
  {
    name: 'noUpdate',
    code: 8,
    meaning: 'no BEGIN came before',
    sentence: 'no update is in progress on the board',
  },
  {
    name: 'trapped',
    code: 9,
    meaning: 'the kernel was stopped by a check of its memory; the board loads the model again',
    detail: 'reason',
    other: 'address',
    sentence: 'the kernel was stopped by {detail:trap} (address {other:hex}); please report it',
  },
  {
    name: 'wrongFeatures',
    code: 10,
    meaning: 'the front end does not compute what the model wants',
    detail: "model's coefficients",
    other: "front end's",
    sentence: "the model wants {detail} coefficients a frame, the board's front end computes {other}; send features",
  },
  {
    name: 'tooLarge',
    code: 16,
    meaning: 'the file does not fit a slot',
    detail: 'needed',
    other: 'available',
    sentence: 'the model takes {detail:bytes} of flash, a slot of the board has {other:bytes}; nothing was changed',
  },
  {
    name: 'notEnoughRam',
    code: 17,
    meaning: 'the model does not fit the RAM',
    detail: 'needed',
    other: 'available',
    sentence: 'the model needs {detail:bytes} of RAM, the board has {other:bytes}; nothing was changed',
  },
  {
    name: 'modelFormat',
    code: 18,
    meaning: 'another version of the model format',
    detail: 'found',
    other: 'supported',
    sentence: "the model has format version {detail}, the board's kernel reads version {other}; nothing was changed",
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
    meaning: 'COMMIT does not name what BEGIN began',
    detail: 'given length, or CRC if the lengths agree',
    other: 'begun',
    sentence: 'the board was told of {other:hex} first and now of {detail:hex}: length or CRC-32 of the model changed',
  },
  {
    name: 'incomplete',
    code: 21,
    meaning: 'COMMIT before all was written',
    detail: 'written',
    other: 'length',
    sentence: 'the board has {detail:bytes} of {other:bytes} of the model',
  },
  {
    name: 'badCrc',
    code: 22,
    meaning: 'what stands in flash has another CRC than was stated',
    detail: 'computed',
    other: 'stated',
    sentence: "what stands in the board's flash has CRC-32 {detail:hex}, expected {other:hex}; the old model runs on",
  },
  {
    name: 'flashErase',
    code: 23,
    meaning: 'a sector does not erase',
    detail: 'address in the model area',
    other: 'what reads there, u32',
    sentence: 'the flash at {detail:hex} does not erase, it reads {other:hex}: worn out, or locked',
  },
  {
    name: 'flashProgram',
    code: 24,
    meaning: 'flash does not read back as programmed',
    detail: 'address in the model area',
    other: 'what reads there, u32',
    sentence: 'the flash at {detail:hex} does not keep what is written, it reads {other:hex}: worn out, or locked',
  },
  {
    name: 'flashRead',
    code: 25,
    meaning: 'flash cannot be read or mapped',
    detail: 'address in the model area',
    other: 'length',
    sentence: 'the flash at {detail:hex} cannot be read ({other:bytes})',
  },
  {
    name: 'noOtherModel',
    code: 26,
    meaning: 'ROLLBACK without a whole model in the other slot',
    detail: 'its state',
    sentence: 'the other slot of the board holds no whole model ({detail:slotState}); there is nothing to go back to',
  },
  {
    name: 'noRecordsLeft',
    code: 27,
    meaning: "ROLLBACK so often that the slot's records are full: update instead",
    detail: 'records',
    sentence: 'the slot has no room for another rollback ({detail} records): flash the model again instead',
  },
];
