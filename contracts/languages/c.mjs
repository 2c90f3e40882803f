// The C headers that are generated from the contracts.
import { clock, frontEnd } from '../front-end.mjs';
import * as kernel from '../kernel.mjs';
import * as model from '../model-format.mjs';
import * as protocol from '../protocol.mjs';
import { comment, constantCase, hex, NOTICE, prefixed, recordBytes, withOffsets } from './names.mjs';

const define = (name, value, doc) => `${doc === undefined ? '' : `${comment(doc)}\n`}#define ${name} ${value}`;

/** An enumeration; names get a prefix unless it is empty. */
function enumeration(tag, doc, rows, code, prefix, write = String) {
  const name = (row) => (prefix === '' ? constantCase(row.name) : prefixed(prefix, row.name));
  const lines = rows.map((row) => `  ${name(row)} = ${write(row[code])},`);
  return `${comment(doc)}\nenum ${tag} {\n${lines.join('\n')}\n};`;
}

const guard = (name, ...blocks) =>
  `/* ${NOTICE} */\n#ifndef ${name}\n#define ${name}\n\n${blocks.join('\n\n')}\n\n#endif\n`;

const defines = (list) => list.map(({ name, value, doc }) => define(name, value, doc)).join('\n');

/** Sound, the kernel and its models, for every source that runs the kernel. */
export function firmwareHeader() {
  const baud = protocol.limits.find(({ name }) => name === 'BAUD_RATE');
  return guard(
    'SPIKEWORD_GENERATED_H',
    '/* Sound and features. */',
    defines([...clock, ...frontEnd]),
    '/* The kernel and its models. */',
    [
      define('ABI_VERSION', kernel.ABI_VERSION, "The version of the kernel's ABI."),
      define(
        'MODEL_FORMAT_VERSION',
        model.FORMAT_VERSION,
        'The newest version of the model format that the kernel reads.',
      ),
      define(
        'SECTION_TABLE',
        model.SECTION_TABLE,
        'Offset of the section table in a model, and bytes of an entry: kind, offset, length.',
      ),
      define('SECTION_ENTRY', model.SECTION_ENTRY),
      define(
        'NETWORK_RECORDS',
        recordBytes(model.networkFields),
        'Offset of the layer records in the network section, and bytes of a record.',
      ),
      define('LAYER_BYTES', recordBytes(model.layerFields)),
    ].join('\n'),
    enumeration('section', 'Sections of a model, in their order.', model.sections, 'kind', 'SECTION'),
    enumeration(
      'layer_field',
      'Offsets of the fields of a layer record.',
      withOffsets(model.layerFields),
      'offset',
      'LAYER',
    ),
    enumeration('query', "Keys of the kernel's query: addresses, sizes and results.", kernel.queryKeys, 'key', 'QUERY'),
    enumeration('load_error', "Errors of the kernel's load.", kernel.loadErrors, 'code', 'ERROR'),
    enumeration('kernel_trap_reason', 'Why the kernel stopped itself.', protocol.traps, 'code', 'KERNEL_TRAP'),
    '/* The board. */',
    define('BAUD_RATE', `${baud.value}u`, baud.doc),
    enumeration('count_unit', 'What a board counts as work.', protocol.countUnits, 'code', 'HAL_COUNT'),
  );
}

/** The protocol, for every source that uses it. */
export function protocolHeader() {
  const limits = protocol.limits
    .filter(({ name }) => name !== 'BAUD_RATE')
    .map((limit) => ({ ...limit, value: /ANSWER|EVENT|REQUESTS/.test(limit.name) ? hex(limit.value) : limit.value }));
  return guard(
    'SPIKEWORD_PROTOCOL_GENERATED_H',
    `${define('PROTOCOL_VERSION', protocol.PROTOCOL_VERSION)}\n${defines(limits)}\n#define PACKET_BYTES (PACKET_HEADER + PACKET_BODY)`,
    enumeration(
      'kind',
      'Kinds of requests, and of events.',
      [...protocol.requests, ...protocol.events],
      'kind',
      '',
      hex,
    ),
    enumeration('status', 'How a request went.', protocol.statuses, 'code', ''),
    enumeration('source', '`source` of CLIP.', protocol.sources, 'code', 'SOURCE'),
    enumeration('inspected', '`what` of INSPECT.', protocol.inspected, 'code', 'INSPECT'),
    enumeration('listening', '`what` of LISTEN.', protocol.listening, 'code', 'LISTEN'),
    enumeration('slot_state', 'The state of a slot.', protocol.slotStates, 'code', 'SLOT'),
  );
}
