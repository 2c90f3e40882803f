import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Random } from '../../host/core/random.js';
import { packagePath } from '../../host/system/package-files.js';

const FILE = packagePath('dist/digits/digits.csv.gz');
/** Why tests on digits do not run here; false if they do. */
export const noDigits: string | false = existsSync(FILE) ? false : 'the digits are missing: npm run setup:digits';

const SIDE = 8;
const SCALE = 4;
/** Of the 1797 digits, those that are for testing. */
const TESTING = 297;
const BATCHES = 5;

/** Rows of 64 pixels, 0 to 16, and the digit. */
function readDigits(): number[][] {
  const text = gunzipSync(readFileSync(FILE)).toString();
  return text
    .trim()
    .split('\n')
    .map((row) => row.split(',').map(Number));
}

/**
 * A digit as the pixels of a CIFAR record: 32 × 32, all red ones, then green and blue, in a colour of its own that is
 * brighter than its background, so that no colour alone says enough.
 */
function pixelsOf(row: readonly number[], random: Random): Uint8Array {
  const side = SIDE * SCALE;
  const pixels = new Uint8Array(3 * side * side);
  for (let colour = 0; colour < 3; colour++) {
    const dark = random.below(100);
    const bright = dark + 60 + random.below(90);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const ink = row[Math.floor(y / SCALE) * SIDE + Math.floor(x / SCALE)] / 16;
        pixels[(colour * side + y) * side + x] = Math.round(dark + (bright - dark) * ink);
      }
    }
  }
  return pixels;
}

/** Writes the digits to a folder, in the binary layout of CIFAR-10 or CIFAR-100. */
export function writeDigits(folder: string, task: 'cifar-10' | 'cifar-100' = 'cifar-10'): void {
  const records = readDigits().map((row, k) => {
    const digit = row[SIDE * SIDE];
    // CIFAR-100 has a group before the label
    const head = task === 'cifar-10' ? [digit] : [digit % 2, digit];
    return Buffer.concat([Uint8Array.from(head), pixelsOf(row, new Random(0xd161, k))]);
  });
  const training = records.slice(0, records.length - TESTING);
  mkdirSync(folder, { recursive: true });
  const write = (file: string, part: readonly Buffer[]): void => writeFileSync(join(folder, file), Buffer.concat(part));
  if (task === 'cifar-100') write('train.bin', training);
  else {
    const size = training.length / BATCHES;
    for (let k = 0; k < BATCHES; k++) write(`data_batch_${k + 1}.bin`, training.slice(k * size, (k + 1) * size));
  }
  write(task === 'cifar-10' ? 'test_batch.bin' : 'test.bin', records.slice(-TESTING));
}
