import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openPictures, pictureTask, somePictures } from '../../host/pictures/index.js';
import { DatasetError } from '../../host/system/index.js';

const PIXELS = 32 * 32;
let folder: string;
let made = 0;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'spikeword-pictures-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** A record whose pixels are red, green and blue as a function of row and column. */
function record(head: readonly number[], value: (row: number, column: number, colour: number) => number): Uint8Array {
  const bytes = new Uint8Array(head.length + 3 * PIXELS);
  bytes.set(head);
  for (let colour = 0; colour < 3; colour++) {
    for (let row = 0; row < 32; row++) {
      for (let column = 0; column < 32; column++) {
        bytes[head.length + colour * PIXELS + row * 32 + column] = value(row, column, colour);
      }
    }
  }
  return bytes;
}

const flat = (label: number, level = label): Uint8Array => record([label], () => level);

/** A folder in the layout of CIFAR-10, with two pictures in each file, some of whose files are others. */
function cifar10(others: Readonly<Record<string, Uint8Array | string | null>> = {}): string {
  const root = join(folder, `${made++}`);
  mkdirSync(root);
  const files: Record<string, Uint8Array | string | null> = {};
  for (let k = 1; k <= 5; k++) files[`data_batch_${k}.bin`] = Buffer.concat([flat(2 * k - 2), flat(2 * k - 1)]);
  files['test_batch.bin'] = Buffer.concat([flat(3), flat(9)]);
  for (const [file, content] of Object.entries({ ...files, ...others })) {
    if (content !== null) writeFileSync(join(root, file), content);
  }
  return root;
}

/** The error that opening a folder throws. */
function faultOf(root: string, task = 'cifar-10'): string {
  try {
    openPictures(root, task);
  } catch (error) {
    assert.ok(error instanceof DatasetError);
    return error.message.replace(`${root}/`, '');
  }
  return assert.fail('opened');
}

describe('pictures in the binary layout of CIFAR', () => {
  test('become features row by row, the three colours of a pixel together, less 128', () => {
    const value = (row: number, column: number, colour: number): number => (row * 7 + column * 3 + colour * 50) % 256;
    const root = cifar10({ 'test_batch.bin': record([6], value) });
    const { features, labels, names } = openPictures(root, 'cifar-10').testing;
    assert.deepEqual([...labels], [6]);
    assert.deepEqual([...names], ['test_batch.bin 0']);
    const expected: number[] = [];
    for (let row = 0; row < 32; row++) {
      for (let column = 0; column < 32; column++) {
        for (let colour = 0; colour < 3; colour++) expected.push(value(row, column, colour) - 128);
      }
    }
    assert.deepEqual([...features], expected);
  });

  test('are for training in the order of the files, and every tenth of them for validation', () => {
    const { training, validation, testing } = openPictures(cifar10(), 'cifar-10');
    assert.deepEqual([...training.labels], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert.deepEqual([...validation.labels], [9]);
    assert.deepEqual([...validation.names], ['data_batch_5.bin 1']);
    assert.deepEqual([...testing.labels], [3, 9]);
    assert.equal(validation.features[0], 9 - 128);
  });

  test('of CIFAR-100 have the second of their two labels', () => {
    const root = join(folder, 'cifar-100');
    mkdirSync(root);
    writeFileSync(
      join(root, 'train.bin'),
      record([19, 99], () => 1),
    );
    writeFileSync(join(root, 'test.bin'), Buffer.concat([record([0, 42], () => 2), record([1, 0], () => 3)]));
    const { training, testing } = openPictures(root, 'cifar-100');
    assert.deepEqual([[...training.labels], [...testing.labels]], [[99], [42, 0]]);
    assert.equal(testing.features.at(-1), 3 - 128);
  });

  test('are chosen at even distances', () => {
    const { training } = openPictures(cifar10(), 'cifar-10');
    const { labels, names, features } = somePictures(training, 3);
    assert.deepEqual([...labels], [0, 3, 6]);
    assert.deepEqual(names, ['data_batch_1.bin 0', 'data_batch_2.bin 1', 'data_batch_4.bin 0']);
    assert.deepEqual([features[0], features[3072], features[6144]], [-128, 3 - 128, 6 - 128]);
  });

  test('give another digest if one bit differs', () => {
    const digest = (root: string): string => openPictures(root, 'cifar-10').digest;
    const other = cifar10({ 'data_batch_3.bin': Buffer.concat([flat(4, 5), flat(5)]) });
    assert.equal(digest(cifar10()), digest(cifar10()));
    assert.notEqual(digest(cifar10()), digest(other));
  });

  test('are refused with the name of the file and what is wrong with it', () => {
    const short = flat(1).subarray(0, 3072);
    assert.equal(
      faultOf(cifar10({ 'data_batch_2.bin': short })),
      'data_batch_2.bin: 3072 bytes, expected whole records of 3073 bytes',
    );
    assert.equal(
      faultOf(cifar10({ 'test_batch.bin': '' })),
      'test_batch.bin: 0 bytes, expected whole records of 3073 bytes',
    );
    assert.equal(
      faultOf(cifar10({ 'data_batch_5.bin': Buffer.concat([flat(8), flat(10)]) })),
      'data_batch_5.bin: record 1 has label 10, expected 0 to 9',
    );
    assert.equal(
      faultOf(cifar10({ 'data_batch_4.bin': null })),
      'data_batch_4.bin: is missing; cifar-10 needs its binary version',
    );
    assert.match(
      faultOf(cifar10({ 'data_batch_1.bin': null, data_batch_1: 'pickle' })),
      /the version for Python, and the binary version is needed$/,
    );
    assert.equal(faultOf(cifar10(), 'cifar-100'), 'train.bin: is missing; cifar-100 needs its binary version');
  });

  test('may stand beside the list of their labels, which must be the right one', () => {
    const labels = [...pictureTask('cifar-10')!.labels];
    assert.equal(
      openPictures(cifar10({ 'batches.meta.txt': `${labels.join('\n')}\n\n` }), 'cifar-10').testing.labels.length,
      2,
    );
    labels[4] = 'elk';
    assert.equal(
      faultOf(cifar10({ 'batches.meta.txt': labels.join('\n') })),
      'batches.meta.txt: not the labels of cifar-10: label 4 is elk, expected deer',
    );
    assert.match(faultOf(cifar10({ 'batches.meta.txt': 'airplane\n' })), /: 1 labels, expected 10$/);
  });
});

test('the labels of CIFAR-100 are a hundred, in the order of the alphabet', () => {
  const labels = pictureTask('cifar-100')!.labels;
  assert.equal(new Set(labels).size, 100);
  assert.deepEqual([...labels].sort(), labels);
});
