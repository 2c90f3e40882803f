import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NetworkError } from '../../host/core/error.js';
import { encodeFeatureSet } from '../../host/features/index.js';
import { SPEECH_PARAMETERS } from './signals.js';

const set = {
  task: 'yes,no',
  split: 'testing',
  labels: ['yes', 'no'],
  parameters: SPEECH_PARAMETERS,
  features: Int8Array.from({ length: 3 * 490 }, (_, k) => (k % 251) - 125),
  clipLabels: Int32Array.of(1, 0, 1),
  names: ['no/a_nohash_0.wav', 'yes/b_nohash_0.wav', 'no/ç_nohash_0.wav'],
};

test('a feature set is a safetensors file with an aligned header and its tensors at their offsets', () => {
  const bytes = Buffer.from(encodeFeatureSet(set));
  const headerBytes = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + headerBytes).toString());
  const body = bytes.subarray(8 + headerBytes);
  assert.equal(headerBytes % 8, 0);
  const [from, to] = header.features.data_offsets;
  assert.deepEqual(header.features.shape, [3, 49, 10]);
  assert.equal(header.features.dtype, 'I8');
  assert.deepEqual([...new Int8Array(body.subarray(from, to))], [...set.features]);
  assert.equal(to, body.length);
  assert.deepEqual(header.labels.data_offsets, [0, 12]);
  assert.deepEqual(
    [0, 4, 8].map((at) => body.readInt32LE(at)),
    [1, 0, 1],
  );
  assert.deepEqual(JSON.parse(header.__metadata__.names), set.names);
  assert.deepEqual(JSON.parse(header.__metadata__.parameters), SPEECH_PARAMETERS);
});

test('a feature set is refused if the sizes of its parts do not match', () => {
  assert.throws(() => encodeFeatureSet({ ...set, clipLabels: Int32Array.of(1, 0) }), NetworkError);
});
