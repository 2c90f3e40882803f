import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { RefusedError } from '../../host/core/error.js';
import { checkAbi, type KernelExports, QUERY } from '../../host/core/kernel/index.js';
import { BoardClient, INSPECT } from '../../host/core/protocol/index.js';
import { Random } from '../../host/core/random.js';
import { wasmBytes } from '../../host/system/package-files.js';
import { judge } from '../judge/judge.js';
import { tinyNetworks } from '../model/tiny-networks.js';
import { buildNative, nativeSkip, startNative, streamOf } from '../native/index.js';
import { install, trialModels } from '../store/trial-models.js';

const [, model] = trialModels();
const [, network] = tinyNetworks();
const FRAMES = network.spec.input.frames;

/** Noise whose level rises and falls. */
const samples = Int16Array.from({ length: 30_000 }, (_, k) => {
  const random = new Random(k, 0x73747265);
  return Math.round(random.normal() * 3000 * (1 + Math.sin(k / 3000)));
});

/** The kernel of this computer with the model, at the beginning of a stream. */
function hostKernel(): KernelExports {
  const exports = checkAbi(new WebAssembly.Instance(new WebAssembly.Module(wasmBytes('kernel'))).exports);
  exports.memory.grow(1);
  new Uint8Array(exports.memory.buffer).set(model.bytes, 65_536);
  assert.equal(exports.load(65_536, model.bytes.length, 65_536), 0);
  return exports;
}

function push(kernel: KernelExports, piece: Int16Array): number {
  new Int16Array(kernel.memory.buffer, kernel.query(QUERY.samples), piece.length).set(piece);
  return kernel.push(piece.length);
}

const scoresOf = (kernel: KernelExports): number[] => [
  ...new Int32Array(kernel.memory.buffer, kernel.query(QUERY.scores), kernel.query(QUERY.classes)),
];

describe('samples sent to the firmware', { skip: nativeSkip }, () => {
  let folder: string;
  let client: BoardClient;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'spikeword-stream-'));
    const board = startNative(await buildNative({ sanitize: true }), { flash: join(folder, 'flash') });
    client = new BoardClient(streamOf('native board', board.port, board.stop));
    await client.hello();
    await install(client, model);
  });
  afterEach(async () => {
    await client.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('as a stream give a result of the last frames at every hop', async () => {
    const hop = 3;
    const kernel = hostKernel();
    const random = new Random(1, 1);
    const shape = await client.clip('stream', hop);
    assert.equal(shape.samplesAtOnce, 320);
    let frames = 0;
    let results = 0;
    for (let at = 0; at < samples.length; ) {
      const piece = samples.subarray(at, at + 1 + random.below(320));
      const taken = await client.samples(at, piece);
      at += piece.length;
      const completed = push(kernel, piece);
      frames += completed;
      assert.equal(taken.frames, frames);
      const due = completed > 0 && frames >= FRAMES && (frames - FRAMES) % hop === 0;
      assert.equal(taken.result !== null, due, `frame ${frames}`);
      if (taken.result === null) continue;
      results += 1;
      assert.equal(taken.result.class, kernel.infer());
      assert.deepEqual([...taken.result.scores], scoresOf(kernel));
      assert.equal(taken.result.frames, frames);
    }
    // frame k is complete with sample 320k + 511
    assert.equal(frames, Math.floor((samples.length - 512) / 320) + 1);
    assert.equal(results, Math.floor((frames - FRAMES) / hop) + 1);
  });

  test('as a clip give the result of the first frames, whatever follows', async () => {
    await client.sendSamples(samples);
    const { class: winner, scores, frames } = await client.infer();
    const kernel = hostKernel();
    for (let at = 0; kernel.query(QUERY.framesReady) < FRAMES; at += 320) push(kernel, samples.subarray(at, at + 320));
    assert.equal(winner, kernel.infer());
    assert.deepEqual([...scores], scoresOf(kernel));
    assert.equal(frames, FRAMES);
    // and the judge computes the same scores from its features
    const features = new Int8Array(await client.inspect(INSPECT.features));
    assert.deepEqual([...scores], judge(network, features).scores);
  });

  test('are refused if they are out of order, and then accepted in order', async () => {
    await client.clip('stream', 1);
    await client.samples(0, samples.subarray(0, 300));
    await assert.rejects(client.samples(320, samples.subarray(320, 600)), (error) => {
      assert.ok(error instanceof RefusedError);
      assert.deepEqual([error.status, error.detail, error.other], [7, 300, 320]);
      return true;
    });
    assert.equal((await client.samples(300, samples.subarray(300, 620))).frames, 1);
  });

  test('have the CRC that INSPECT gives', async () => {
    await client.sendSamples(samples.subarray(0, 4000));
    const seen = Buffer.from(await client.inspect(INSPECT.samples));
    assert.equal(seen.readUInt32LE(0), crc32(new Uint8Array(samples.buffer, 0, 8000)));
    assert.equal(seen.readUInt32LE(4), 4000);
  });
});
