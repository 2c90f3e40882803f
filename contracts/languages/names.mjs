/** errorDetail → ERROR_DETAIL */
export const constantCase = (name) => name.replace(/[A-Z]/g, '_$&').replace(/-/g, '_').toUpperCase();

/** classifierWeights with the prefix QUERY → QUERY_CLASSIFIER_WEIGHTS */
export const prefixed = (prefix, name) => `${prefix}_${constantCase(name)}`;

/** Bytes of a number, by type. */
export const WIDTHS = { u8: 1, u16: 2, u32: 4, i32: 4, f32: 4, f64: 8, usize: 4 };

/** The fields of a record with their offsets, one after the other. */
export function withOffsets(fields) {
  let offset = 0;
  return fields.map((field) => {
    const placed = { ...field, offset };
    offset += WIDTHS[field.type];
    return placed;
  });
}

/** Bytes of a record. */
export const recordBytes = (fields) => fields.reduce((sum, { type }) => sum + WIDTHS[type], 0);

/** A comment on one line, or wrapped over several. */
export function comment(text, indent = '') {
  const width = 120 - indent.length;
  if (text.length + 7 <= width) return `${indent}/** ${text} */`;
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.length - 1;
    if (lines[last].length + word.length + 4 > width) lines.push(word);
    else lines[last] = lines[last] === '' ? word : `${lines[last]} ${word}`;
  }
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`), `${indent} */`].join('\n');
}

export const hex = (value, digits = 2) => `0x${value.toString(16).padStart(digits, '0')}`;

export const NOTICE = 'Generated from contracts/ by npm run generate; change it there.';
