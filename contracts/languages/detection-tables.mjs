// The table of the softmax.
import { NOTICE } from './names.mjs';

export function detectionTables() {
  const powers = Array.from({ length: 65 }, (_, k) => Math.round(2 ** (15 - k / 64)));
  const rows = [];
  for (let k = 0; k < powers.length; k += 16) rows.push(`  ${powers.slice(k, k + 16).join(', ')},`);
  return `// ${NOTICE}

/** 2^(−k/64) with 15 fraction bits, u16, k = 0 … 64. */
export const POWERS: usize = memory.data<u16>([
${rows.join('\n')}
]);
`;
}
