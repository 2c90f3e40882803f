import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { NetworkError } from '../../host/core/error.js';
import {
  type Checkpoint,
  decodeTensors,
  encodeTensors,
  parameterShapes,
  planNetwork,
  presetNetwork,
} from '../../host/core/network/index.js';
import { Random } from '../../host/core/random.js';
import { readCheckpoint, writeCheckpoint } from '../../host/model/index.js';

const folder = mkdtempSync(join(tmpdir(), 'spikeword-checkpoint-'));
after(() => rmSync(folder, { recursive: true }));

function randomCheckpoint(): Checkpoint {
  const spec = presetNetwork('tiny', { classes: 3, neuron: 'atif-nu' });
  const random = new Random(7);
  const parameters = new Map<string, Float32Array>();
  for (const { name, shape } of parameterShapes(planNetwork(spec))) {
    const size = shape.reduce((a, b) => a * b, 1);
    parameters.set(
      name,
      Float32Array.from({ length: size }, () => random.normal()),
    );
  }
  return {
    spec,
    labels: ['yes', 'no', '_silence_'],
    features: { frames: 49, mean: Array(10).fill(-5), multiplier: Array(10).fill(77) },
    parameters,
    provenance: {
      spikeword: '0.0.0',
      task: 'yes,no,_silence_',
      dataset: 'test',
      seed: 1,
      epochs: 2,
      validationAccuracy: 0.5,
    },
  };
}

describe('checkpoint', () => {
  const path = join(folder, 'a.safetensors');
  const checkpoint = randomCheckpoint();
  writeCheckpoint(path, checkpoint);

  test('is read as it was written, bit for bit', () => {
    assert.deepEqual(readCheckpoint(path), checkpoint);
  });

  test('gives the same bytes for the same content, and leaves nothing else in the folder', () => {
    writeCheckpoint(join(folder, 'b.safetensors'), randomCheckpoint());
    assert.deepEqual(readFileSync(join(folder, 'b.safetensors')), readFileSync(path));
    assert.deepEqual(readdirSync(folder).sort(), ['a.safetensors', 'b.safetensors']);
  });

  test('follows the published format: length, JSON header, then tensors without a gap', () => {
    const bytes = readFileSync(path);
    const length = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length));
    const { data_offsets: offsets, shape } = header['stem.weight'];
    assert.deepEqual(shape, [24, 10, 5, 1]);
    assert.equal(bytes.readFloatLE(8 + length + offsets[0] + 4), checkpoint.parameters.get('stem.weight')?.[1]);
    const end = Math.max(...Object.keys(header).map((k) => header[k].data_offsets?.[1] ?? 0));
    assert.equal(8 + length + end, bytes.length);
  });

  const faults: [string, (bytes: Buffer) => Buffer, RegExp][] = [
    ['a file cut in a tensor', (b) => b.subarray(0, b.length - 5), /does not fit the file/],
    ['a file cut in the header', (b) => b.subarray(0, 40), /the header claims \d+ bytes, but the file has only 40/],
    ['an empty file', () => Buffer.alloc(0), /0 bytes, too short/],
    ['a header that is no JSON', (b) => b.fill(0x7b, 8, 20), /the header is not JSON/],
    [
      'a tensor that is missing',
      (b) => b.fill('stem.weighs', b.indexOf('stem.weight'), b.indexOf('stem.weight') + 11),
      /stem\.weight is missing/,
    ],
  ];
  /** Returns the checkpoint with a different description of its tensors. */
  const described = (edit: (json: string) => string): ((bytes: Buffer) => Buffer) => {
    return (bytes) => {
      const { tensors, metadata } = decodeTensors(bytes, 'a');
      return Buffer.from(encodeTensors(tensors, { ...metadata, spikeword: edit(metadata.spikeword) }));
    };
  };
  const edited = (edit: (json: Record<string, unknown>) => void): ((bytes: Buffer) => Buffer) =>
    described((json) => {
      const value = JSON.parse(json);
      edit(value);
      return JSON.stringify(value);
    });
  faults.push(
    ['a recording', () => Buffer.from('RIFF1234WAVEfmt '), /but the file has only 16; it looks like a recording/],
    ['a description that is no JSON', described((json) => json.slice(3)), /not valid JSON/],
    ['a description of nothing', described(() => 'null'), /expected an object/],
    ['a network that cannot be', edited((json) => Object.assign(json.spec ?? {}, { timesteps: 0 })), /timesteps is 0/],
    ['labels that are no text', edited((json) => Object.assign(json, { labels: [1, 2, 3] })), /expected 3 labels/],
    ['a label too few', edited((json) => Object.assign(json, { labels: ['yes', 'no'] })), /expected 3 labels/],
    ['no features', edited((json) => delete json.features), /the features do not fit the network/],
    [
      'other frames',
      edited((json) => Object.assign(json.features ?? {}, { frames: 48 })),
      /which reads 49 frames of 10/,
    ],
    ['no provenance', edited((json) => delete json.provenance), /the provenance is incomplete/],
    [
      'a seed of text',
      edited((json) => Object.assign(json.provenance ?? {}, { seed: 'x' })),
      /provenance is incomplete/,
    ],
  );
  for (const [name, damage, message] of faults) {
    test(`refuses ${name}, naming the file`, () => {
      const damaged = join(folder, 'damaged.safetensors');
      writeFileSync(damaged, damage(Buffer.from(readFileSync(path))));
      assert.throws(
        () => readCheckpoint(damaged),
        (error: Error) =>
          error instanceof NetworkError && message.test(error.message) && error.message.includes('damaged.safetensors'),
      );
    });
  }

  test('throws a NetworkError if the file does not exist', () => {
    assert.throws(() => readCheckpoint(join(folder, 'none')), NetworkError);
  });
});
