// The tables of the fixed-point front end. They are not computed at startup, because a board without floating point
// would need a soft-float library.
import { clock, frontEnd } from '../front-end.mjs';
import { NOTICE } from './names.mjs';

const constants = Object.fromEntries([...clock, ...frontEnd].map(({ name, value }) => [name, value]));
const { FFT_SIZE: FFT, WINDOW_SAMPLES: WINDOW, SAMPLE_RATE_HZ, MEL_BANDS: BANDS, COEFFICIENTS } = constants;

const list = (length, value) => Array.from({ length }, (_, k) => value(k));

const hann = list(WINDOW, (n) => Math.round((0.5 - 0.5 * Math.cos((2 * Math.PI * n) / WINDOW)) * 2 ** 26));

// 1 itself does not fit into 31 fraction bits.
const sine = list((FFT * 3) / 4 + 1, (k) =>
  Math.min(2 ** 31 - 1, Math.round(Math.sin((2 * Math.PI * k) / FFT) * 2 ** 31)),
);

/** Returns the place of bin `bin` of a `length`-point transform after the passes of spectrum.ts. */
function position(bin, length) {
  if (length === 1) return 0;
  const quarter = bin % 4;
  const inner = Math.floor((bin + (quarter === 3 ? 1 : 0)) / 4) % (length / 4);
  return quarter * (length / 4) + position(inner, length / 4);
}
const binPlace = list(256, (bin) => position(bin, 256));

// The edges of the HTK mel bands, in bins; band m rises from edge m to m + 1 and falls to m + 2.
const mel = (hz) => 2595 * Math.log10(1 + hz / 700);
const hz = (value) => 700 * (10 ** (value / 2595) - 1);
const lowest = mel(constants.LOWEST_HZ);
const step = (mel(constants.HIGHEST_HZ) - lowest) / (BANDS + 1);
const edges = list(BANDS + 2, (m) => (hz(lowest + m * step) * FFT) / SAMPLE_RATE_HZ);
edges[BANDS + 1] = 256;
const first = list(BANDS + 2, (m) => Math.ceil(edges[m]));
const segments = list(BANDS + 1, (m) => {
  const width = edges[m + 1] - edges[m];
  const last = first[m + 1] - 1;
  // Rounded down, so that a fall is never larger than the segment's whole energy.
  return [Math.floor(2 ** 32 / width), Math.floor(((edges[m + 1] - last) * 2 ** 32) / width)];
});
const segmentEnd = list(BANDS + 1, (m) => first[m + 1] - first[0]);

const logarithm = list(65, (k) => Math.round(Math.log2(1 + k / 64) * 2 ** 26));

const cosine = list(COEFFICIENTS, (c) =>
  list(BANDS / 2, (m) => {
    const norm = Math.sqrt((c === 0 ? 1 : 2) / BANDS);
    return Math.round(norm * Math.cos((Math.PI * c * (m + 0.5)) / BANDS) * Math.LN2 * 2 ** 32);
  }),
);

function table(name, type, comment, values) {
  const lines = [];
  let line = '';
  for (const value of values) {
    const next = `${value}, `;
    if (line.length + next.length > 112) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += next;
  }
  lines.push(line.trimEnd());
  return `/** ${comment} */\nexport const ${name}: usize = memory.data<${type}>([\n${lines.map((l) => `  ${l}\n`).join('')}]);\n`;
}

/** assembly/inference/frontend/tables.ts */
export function frontEndTables() {
  return [
    `// ${NOTICE}\n`,
    `/** The first bin of a mel band: 20 Hz lies between bins 1 and 2. */\nexport const FIRST_BIN: i32 = ${first[0]};\n`,
    table('HANN', 'i32', 'The periodic Hann window, [640], 26 fraction bits.', hann),
    table('SINE', 'i32', 'sin(2πk/1024), k = 0 … 768, 31 fraction bits; the cosine of k is at k + 256.', sine),
    table('BIN_PLACE', 'u8', 'Where each bin of a 256-point transform is after the last pass.', binPlace),
    table(
      'SEGMENT_END',
      'u8',
      'Bins from FIRST_BIN up to every edge of the mel bands but the first, [41].',
      segmentEnd,
    ),
    table(
      'SEGMENT_FALL',
      'u32',
      'Per segment, 32 fraction bits: 1 / width, and (upper edge − last bin) / width, [41][2].',
      segments.flat(),
    ),
    table('LOGARITHM', 'i32', 'log2(1 + k/64), k = 0 … 64, 26 fraction bits.', logarithm),
    table(
      'COSINE',
      'i32',
      'First half of the rows of the orthonormal DCT-II of 40 bands, times ln 2, [10][20], 32 fraction bits.',
      cosine.flat(),
    ),
  ].join('\n');
}
