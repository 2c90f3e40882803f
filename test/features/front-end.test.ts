import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NetworkError } from '../../host/core/error.js';
import { COEFFICIENTS, type FeatureParameters } from '../../host/core/features/index.js';
import { Random } from '../../host/core/random.js';
import { openFrontEnd } from '../../host/features/index.js';
import { wasmBytes } from '../../host/system/package-files.js';
import { noiseClip, SPEECH_PARAMETERS } from './signals.js';

/** Opens the module as firmware or a browser would use it, with buffers after its own memory. */
function openStream() {
  const module = new WebAssembly.Module(wasmBytes('frontend'));
  const { exports } = new WebAssembly.Instance(module);
  const memory = exports.memory as WebAssembly.Memory;
  const push = exports.frontendPush as (samples: number, count: number, raw: number) => number;
  const reset = exports.frontendReset as () => void;
  const samples = ((exports.frontendFreeMemory as () => number)() + 15) & ~15;
  const raw = samples + 2 * 16_000;
  memory.grow(1);
  return {
    reset,
    /** Returns the frames that these samples complete, [frame][10]. */
    push(chunk: Int16Array): Int32Array {
      new Int16Array(memory.buffer, samples, chunk.length).set(chunk);
      const frames = push(samples, chunk.length, raw);
      return new Int32Array(memory.buffer, raw, frames * COEFFICIENTS).slice();
    },
  };
}

/** Pushes a clip in pieces of random sizes, some of them empty. */
function pushInPieces(stream: ReturnType<typeof openStream>, clip: Int16Array, random: Random): number[] {
  const largest = 1 + random.below(2000);
  const values: number[] = [];
  for (let start = 0; start < clip.length; ) {
    const count = random.below(largest + 1);
    values.push(...stream.push(clip.subarray(start, start + count)));
    start += count;
  }
  return values;
}

describe('the front end as a stream', () => {
  test('gives the same frames for pieces of any size as for the whole clip', () => {
    const stream = openStream();
    const clip = noiseClip(2, 9000);
    const whole = [...openFrontEnd().rawMfcc(clip)];
    const random = new Random(3);
    for (let round = 0; round < 30; round++) {
      stream.reset();
      assert.deepEqual(pushInPieces(stream, clip, random), whole);
    }
  });

  test('completes a frame exactly at samples 512, 832 and 1152', () => {
    const stream = openStream();
    stream.reset();
    const ready: number[] = [];
    for (let n = 1; n <= 1200; n++) if (stream.push(Int16Array.of(n)).length > 0) ready.push(n);
    assert.deepEqual(ready, [512, 832, 1152]);
  });

  test('continues after the first second', () => {
    const [first, second] = [noiseClip(4, 5000), noiseClip(5, 5000)];
    const stream = openStream();
    stream.reset();
    const frames = [...stream.push(first), ...stream.push(second)].length / COEFFICIENTS;
    assert.equal(frames, 99);
  });

  test('forgets earlier samples on a reset', () => {
    const stream = openStream();
    stream.reset();
    const clip = noiseClip(6, 5000);
    const fresh = stream.push(clip);
    stream.push(noiseClip(7, 30_000).subarray(0, 777));
    stream.reset();
    assert.deepEqual(stream.push(clip), fresh);
  });

  test('gives the same values one frame later for the same sounds one hop later', () => {
    const clip = noiseClip(8, 5000);
    const later = new Int16Array(16_000);
    later.set(clip.subarray(0, 15_680), 320);
    const [values, shifted] = [clip, later].map((samples) => openFrontEnd().rawMfcc(samples));
    assert.deepEqual(shifted.slice(COEFFICIENTS), values.slice(0, 48 * COEFFICIENTS));
  });

  test('is a module without imports that needs less than 16 KB', () => {
    const module = new WebAssembly.Module(wasmBytes('frontend'));
    assert.deepEqual(WebAssembly.Module.imports(module), []);
    const { exports } = new WebAssembly.Instance(module);
    assert.ok((exports.frontendFreeMemory as () => number)() <= 16_384);
  });
});

describe('features', () => {
  /** Computes the formula in the documentation of `FeatureParameters`, in arbitrary precision. */
  function quantised(raw: Int32Array, { mean, multiplier, frames }: FeatureParameters): number[] {
    return [...raw.subarray(0, frames * COEFFICIENTS)].map((value, k) => {
      const c = k % COEFFICIENTS;
      const product = (BigInt(value) - BigInt(mean[c])) * BigInt(multiplier[c]);
      const rounded = Number((product + 32_768n) >> 16n);
      return Math.max(-128, Math.min(127, rounded));
    });
  }

  const extreme: FeatureParameters = {
    frames: 48,
    mean: [2 ** 31 - 1, 1 - 2 ** 31, 0, 0, 5, -5, 1000, -1000, 0, 1],
    multiplier: [2 ** 24 - 1, 2 ** 24 - 1, 1, 2 ** 24 - 1, 100, 100, 200, 200, 300, 300],
  };

  for (const [name, parameters] of Object.entries({ fitted: SPEECH_PARAMETERS, extreme })) {
    test(`are the raw values quantised by the formula, with ${name} parameters`, () => {
      const frontEnd = openFrontEnd(parameters);
      for (const peak of [1, 500, 32_767]) {
        const clip = noiseClip(peak, peak);
        const raw = frontEnd.rawMfcc(clip);
        assert.deepEqual([...frontEnd.features(clip)], quantised(raw, parameters));
      }
    });
  }

  test('of 48 frames are the first 48 of 49', () => {
    const clip = noiseClip(9, 3000);
    const all = openFrontEnd(SPEECH_PARAMETERS).features(clip);
    const fewer = openFrontEnd({ ...SPEECH_PARAMETERS, frames: 48 }).features(clip);
    assert.deepEqual(fewer, all.slice(0, 480));
  });

  test('of more frames than a clip has are those of the clip in the middle of silence', () => {
    const clip = noiseClip(9, 3000);
    const frontEnd = openFrontEnd({ ...SPEECH_PARAMETERS, frames: 97 });
    const window = new Int16Array(512 + 320 * 96);
    window.set(clip, (window.length - clip.length) / 2);
    assert.deepEqual(frontEnd.features(clip), frontEnd.features(window));
    assert.equal(frontEnd.features(clip).length, 970);
  });

  test('are written to the given array', () => {
    const frontEnd = openFrontEnd(SPEECH_PARAMETERS);
    const clip = noiseClip(10, 3000);
    const target = new Int8Array(490);
    assert.equal(frontEnd.features(clip, target), target);
    assert.deepEqual(target, frontEnd.features(clip));
  });

  test('are refused for wrong inputs, with the name of the input', () => {
    const frontEnd = openFrontEnd();
    const clip = new Int16Array(16_000);
    assert.throws(() => frontEnd.rawMfcc(new Int16Array(15_999)), /15999 samples, expected 16000/);
    assert.throws(() => frontEnd.features(clip), NetworkError);
    assert.throws(() => openFrontEnd({ ...SPEECH_PARAMETERS, frames: 0 }), /0 frames, expected a whole number/);
    assert.throws(
      () => openFrontEnd({ ...SPEECH_PARAMETERS, frames: 97 }).features(new Int16Array(20_000)),
      /expected 31232/,
    );
    assert.throws(() => openFrontEnd({ ...SPEECH_PARAMETERS, mean: [0.5] }), /1 values, expected 10/);
    assert.throws(() => openFrontEnd({ ...SPEECH_PARAMETERS, mean: new Array(10).fill(0.5) }), /mean 0.5/);
    assert.throws(() => openFrontEnd({ ...SPEECH_PARAMETERS, multiplier: new Array(10).fill(0) }), /multiplier 0/);
    frontEnd.setParameters(SPEECH_PARAMETERS);
    assert.throws(() => frontEnd.features(clip, new Int8Array(480)), /only 480 features, but 490 are needed/);
  });
});
