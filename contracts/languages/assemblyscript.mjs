// The AssemblyScript modules that are generated from the contracts: one for inference, one for training.
import { clock, frontEnd } from '../front-end.mjs';
import * as kernel from '../kernel.mjs';
import * as model from '../model-format.mjs';
import * as trainer from '../trainer.mjs';
import { comment, constantCase, hex, NOTICE, prefixed, recordBytes, withOffsets } from './names.mjs';

const constant = (name, type, value, doc) =>
  `${doc === undefined ? '' : `${comment(doc)}\n`}export const ${name}: ${type} = ${value};`;
const file = (...blocks) => `// ${NOTICE}\n\n${blocks.join('\n\n')}\n`;
const lines = (...rows) => rows.flat().join('\n');

/** A comment with the meaning of an error and of its numbers. */
const numbers = ({ meaning, detail, other }) => {
  const parts = [detail && `detail: ${detail}`, other && `other: ${other}`].filter(Boolean);
  const sentence = `${meaning[0].toUpperCase()}${meaning.slice(1)}.`;
  return parts.length === 0 ? sentence : `${sentence} ${parts.join(', ')}`;
};

/** What the front end and the kernel share with the host. */
export function inferenceModule() {
  const record = withOffsets(model.layerFields);
  return file(
    `// The front end.`,
    lines(clock.map(({ name, value, doc }) => constant(name, 'i32', value, doc))),
    lines(frontEnd.map(({ name, value, doc }) => constant(name, 'i32', value, doc))),
    `// The kernel's ABI.`,
    lines(constant('ABI_VERSION', 'i32', kernel.ABI_VERSION)),
    lines(
      constant(
        'EMBEDDED',
        'usize',
        kernel.EMBEDDED_ADDRESS,
        'Three words: address and length of an embedded model, and the bytes of RAM below it.',
      ),
    ),
    `// Keys of \`query\`.`,
    lines(
      kernel.queryKeys.map(({ name, key, meaning }) =>
        constant(prefixed('QUERY', name), 'i32', key, `${meaning[0].toUpperCase()}${meaning.slice(1)}.`),
      ),
    ),
    `// Errors of \`load\`.`,
    lines(kernel.loadErrors.map((error) => constant(prefixed('ERROR', error.name), 'i32', error.code, numbers(error)))),
    `// The model file.`,
    lines(
      constant('MAGIC', 'u32', hex(model.MAGIC, 8), "'SPKW', little-endian."),
      constant('FORMAT_VERSION', 'u32', model.FORMAT_VERSION),
      constant('OLDEST_VERSION', 'u32', model.OLDEST_VERSION, 'The oldest version that can be read.'),
      constant('EARLY_VERSION', 'u32', model.EARLY_VERSION, 'The version of networks that decide early.'),
      model.header.map(({ name, offset }) => constant(prefixed('HEADER', name), 'u32', offset)),
      constant(
        'CRC_START',
        'u32',
        model.CRC_START,
        'The CRC covers everything from here on: the section table and all sections.',
      ),
      constant('SECTION_TABLE', 'u32', model.SECTION_TABLE),
      constant('SECTION_ENTRY', 'u32', model.SECTION_ENTRY),
      constant('SECTIONS', 'u32', model.sections.length),
      constant('SECTIONS_OF_VERSION_1', 'u32', model.SECTIONS_OF_VERSION_1),
      model.sections.map(({ name, kind }) => constant(prefixed('SECTION', name), 'u32', kind)),
    ),
    lines(
      withOffsets(model.networkFields).map(({ name, offset, meaning }) =>
        constant(prefixed('NETWORK', name), 'u32', offset, `${meaning[0].toUpperCase()}${meaning.slice(1)}.`),
      ),
      constant('NETWORK_RECORDS', 'u32', recordBytes(model.networkFields)),
      constant('LAYER_BYTES', 'u32', recordBytes(model.layerFields)),
    ),
    lines(
      withOffsets(model.detectionFields).map(({ name, offset, meaning }) =>
        constant(prefixed('DETECTION', name), 'u32', offset, `${meaning[0].toUpperCase()}${meaning.slice(1)}.`),
      ),
      constant('DETECTION_THRESHOLDS', 'u32', recordBytes(model.detectionFields)),
      constant('CURVE_BYTES', 'u32', recordBytes(model.curveFields), 'A point of the curve without its thresholds.'),
    ),
    lines(model.paddings.map(({ name, code }) => constant(constantCase(name), 'u32', code))),
    lines(
      model.shortcuts.filter(({ code }) => code > 0).map(({ name, code }) => constant(constantCase(name), 'u32', code)),
    ),
    `// Limits of shapes; they keep every product of the checks inside 64 bits.`,
    lines(model.limits.map(({ name, value, doc }) => constant(name, 'u32', value, doc))),
    lines(
      '/** One layer record, read in place: the address is the whole object. */',
      '@unmanaged',
      'export class Layer {',
      record.map(
        ({ name, type, meaning }) =>
          `${comment(`${meaning[0].toUpperCase()}${meaning.slice(1)}.`, '  ')}\n  ${name}: ${type};`,
      ),
      '}',
    ),
  );
}

/** What the trainer's kernels share with the host. */
export function trainingModule() {
  return file(
    lines(
      [...trainer.batchNorm, ...trainer.constants].map(({ name, type, value, doc }) =>
        constant(name, type, value, doc),
      ),
    ),
    ...trainer.enums.map(({ name, doc, values }) =>
      lines(
        comment(doc),
        `export const enum ${name} {`,
        Object.entries(values).map(([value, code]) => `  ${value} = ${code},`),
        '}',
      ),
    ),
    ...trainer.descriptors.map(({ name, doc, fields }) =>
      lines(
        comment(doc),
        '@unmanaged',
        `export class ${name} {`,
        fields.map((f) => `${f.doc === undefined ? '' : `${comment(f.doc, '  ')}\n`}  ${f.name}: ${f.type};`),
        '}',
      ),
    ),
  );
}
