// The TypeScript modules that are generated from the contracts: one for each folder of host/core that needs one.
import { clock, frontEnd } from '../front-end.mjs';
import * as kernel from '../kernel.mjs';
import * as model from '../model-format.mjs';
import * as protocol from '../protocol.mjs';
import * as trainer from '../trainer.mjs';
import { comment, hex, NOTICE, recordBytes, withOffsets } from './names.mjs';

const file = (...blocks) => `// ${NOTICE}\n\n${blocks.join('\n\n')}\n`;

const quoted = (text) => (text.includes("'") ? (text.includes('"') ? `\`${text}\`` : `"${text}"`) : `'${text}'`);
const key = (name) => (/^\w+$/.test(name) ? name : `'${name}'`);
function number(value) {
  if (Number.isInteger(value) && value >= 10_000) return value.toLocaleString('en-US').replaceAll(',', '_');
  return value < 0.001 && value > 0 ? value.toExponential() : `${value}`;
}

const constant = ({ name, value, doc }) => `${comment(doc)}\nexport const ${name} = ${number(value)};`;
const constants = (list) => list.map(constant).join('\n');

/** An object of names and numbers. */
function codes(name, doc, rows, code, write = String) {
  const lines = rows.map((row) => `  ${key(row.name)}: ${write(row[code])},`);
  return `${comment(doc)}\nexport const ${name} = {\n${lines.join('\n')}\n} as const;`;
}

/** Texts by number. */
function texts(name, doc, rows, code, text) {
  const lines = rows
    .filter((row) => row[text] !== undefined)
    .map((row) => {
      const line = `  ${row[code]}: ${quoted(row[text])},`;
      return line.length <= 120 ? line : `  ${row[code]}:\n    ${quoted(row[text])},`;
    });
  return `${comment(doc)}\nexport const ${name}: Readonly<Record<number, string>> = {\n${lines.join('\n')}\n};`;
}

const list = (name, doc, rows) => {
  const line = `export const ${name} = [${rows.map((row) => quoted(row.name)).join(', ')}] as const;`;
  return `${comment(doc)}\n${line}`;
};

export const clockModule = () => file(constants(clock));

export const frontEndModule = () => file(constants(frontEnd));

export const networkModule = () => file(constants(model.limits), constants(trainer.batchNorm));

export function modelFormatModule() {
  const shape = withOffsets(model.layerFields).filter(({ title }) => title !== undefined);
  const rest = withOffsets(model.layerFields).filter(({ title }) => title === undefined);
  const shapeLines = shape.map(
    ({ title, offset, type }) => `  [${quoted(title)}, ${offset}, ${type === 'u16' ? 2 : 1}],`,
  );
  return file(
    `/** 'SPKW', little-endian. */\nexport const MAGIC = ${hex(model.MAGIC, 8)};`,
    `export const FORMAT_VERSION = ${model.FORMAT_VERSION};`,
    `${comment('The oldest version that can be read.')}\nexport const OLDEST_VERSION = ${model.OLDEST_VERSION};`,
    `${comment('The version of networks without padding or with a detection section.')}\nexport const LISTENING_VERSION = ${model.LISTENING_VERSION};`,
    `${comment('The version of networks that decide early.')}\nexport const EARLY_VERSION = ${model.EARLY_VERSION};`,
    `${comment('The CRC-32 covers everything from here on.')}\nexport const CRC_START = ${model.CRC_START};`,
    `export const SECTION_TABLE = ${model.SECTION_TABLE};`,
    `${comment('Bytes of an entry of the table: kind, offset and length.')}\nexport const SECTION_ENTRY = ${model.SECTION_ENTRY};`,
    list('SECTION_NAMES', 'Sections in the order of the file; kind = index + 1.', model.sections),
    codes(
      'NETWORK',
      'Offsets of the fields of the network section.',
      [...withOffsets(model.networkFields), { name: 'records', offset: recordBytes(model.networkFields) }],
      'offset',
    ),
    `${comment('Sections of a file of version 1, which has no detection.')}\nexport const SECTIONS_OF_VERSION_1 = ${model.SECTIONS_OF_VERSION_1};`,
    codes(
      'DETECTION',
      'Offsets of the fields of the detection section.',
      [...withOffsets(model.detectionFields), { name: 'thresholds', offset: recordBytes(model.detectionFields) }],
      'offset',
    ),
    codes(
      'CURVE',
      'Offsets in a point of the operating curve.',
      [...withOffsets(model.curveFields), { name: 'thresholds', offset: recordBytes(model.curveFields) }],
      'offset',
    ),
    list('NEURON_CODES', 'Neuron kinds that a kernel can run; the code is the index.', model.neurons),
    list('PADDING_CODES', 'What is beyond the first and the last frame; the code is the index.', model.paddings),
    list('SHORTCUT_CODES', 'Shortcuts; the code is the index.', model.shortcuts),
    `${comment('The numbers of a layer record that make up its shape: name in messages, offset, bytes.')}\nexport const SHAPE_FIELDS = [\n${shapeLines.join('\n')}\n] as const;`,
    codes('RECORD', 'Offsets of the other fields of a layer record.', rest, 'offset'),
    `export const RECORD_BYTES = ${recordBytes(model.layerFields)};`,
    `${comment('Added to every weight of a weight row, so that its byte is unsigned.')}\nexport const WEIGHT_OFFSET = ${model.WEIGHT_OFFSET};`,
    `${comment('The threshold of a padding channel.')}\nexport const PADDING_THRESHOLD = ${hex(model.PADDING_THRESHOLD)};`,
    `${comment('Where the kernel finds the address, length and RAM size of an embedded model.')}\nexport const EMBEDDED_ADDRESS = ${kernel.EMBEDDED_ADDRESS};`,
  );
}

export function kernelModule() {
  const functions = kernel.functions.map(
    ({ signature, meaning }) => `${comment(`${meaning[0].toUpperCase()}${meaning.slice(1)}.`, '  ')}\n  ${signature};`,
  );
  const required = kernel.functions
    .filter((f) => f.required)
    .map(({ signature }) => ({ name: signature.replace(/\(.*/, '') }));
  return file(
    `${comment('The version of the ABI; a kernel must return the same from `abiVersion()`.')}\nexport const ABI_VERSION = ${kernel.ABI_VERSION};`,
    `${comment('What a kernel exports besides its memory; docs/model-format.md has the order of calls.')}\nexport interface KernelFunctions {\n${functions.join('\n')}\n}`,
    list('REQUIRED_FUNCTIONS', 'Functions that this package calls.', required),
    codes('QUERY', 'Keys of `query`.', kernel.queryKeys, 'key'),
    codes('LOAD_ERROR', 'Errors of `load`.', kernel.loadErrors, 'code'),
    texts('LOAD_ERROR_SENTENCES', 'What each error of `load` means, in words.', kernel.loadErrors, 'code', 'sentence'),
  );
}

export function protocolModule() {
  const patience = protocol.requests.map(
    ({ kind, waitMs, tries }) => `  ${hex(kind)}: { waitMs: ${number(waitMs)}, tries: ${tries} },`,
  );
  const byKind = (value) => hex(value);
  return file(
    `export const PROTOCOL_VERSION = ${protocol.PROTOCOL_VERSION};`,
    protocol.limits
      .map(
        ({ name, value, doc }) =>
          `${comment(doc)}\nexport const ${name} = ${name === 'ANSWER' || name.includes('EVENT') || name.includes('REQUESTS') ? hex(value) : number(value)};`,
      )
      .join('\n'),
    codes('KIND', 'Kinds of requests, host to board.', protocol.requests, 'kind', byKind),
    codes('EVENT', 'Kinds of events, board to host.', protocol.events, 'kind', byKind),
    `${comment('How long to wait for an answer, and how often to send the request.')}\nexport interface Patience {\n  readonly waitMs: number;\n  readonly tries: number;\n}`,
    `${comment('The patience for each kind of request: flash erases slowly, and a slow board takes long to compute.')}\nexport const PATIENCE: Readonly<Record<number, Patience>> = {\n${patience.join('\n')}\n};`,
    codes('SOURCE', '`source` of CLIP.', protocol.sources, 'code'),
    codes('INSPECT', '`what` of INSPECT.', protocol.inspected, 'code'),
    codes('LISTEN', '`what` of LISTEN.', protocol.listening, 'code'),
    list('COUNT_UNITS', 'What a board counts as work; the code is the index.', protocol.countUnits),
    codes('SLOT_STATE', 'The state of a slot.', protocol.slotStates, 'code'),
    texts('SLOT_STATE_NAMES', "Names of a slot's states.", protocol.slotStates, 'code', 'title'),
    texts('TRAP_NAMES', 'Why a kernel stopped itself.', protocol.traps, 'code', 'sentence'),
    codes('STATUS', 'Statuses of an answer.', protocol.statuses, 'code'),
    texts('STATUS_SENTENCES', 'What each status means and what to do about it.', protocol.statuses, 'code', 'sentence'),
  );
}

export function trainerModule() {
  const enums = trainer.enums.map(({ name, doc, values }) =>
    codes(
      constantName(name),
      doc,
      Object.entries(values).map(([value, code]) => ({ name: value.toLowerCase(), code })),
      'code',
    ),
  );
  const kindOf = (type) => (type === 'f32' ? 'f32' : 'i32');
  const descriptors = trainer.descriptors.map(({ name, doc, fields }) => {
    const lines = fields.map((f) => `  ${f.name}: '${kindOf(f.type)}',`);
    return `${comment(doc)}\nexport const ${constantName(name)}_FIELDS = {\n${lines.join('\n')}\n} as const;`;
  });
  return file(constants(trainer.constants), ...enums, ...descriptors);
}

const constantName = (name) => name.replace(/(?<=[a-z])[A-Z]/g, '_$&').toUpperCase();
