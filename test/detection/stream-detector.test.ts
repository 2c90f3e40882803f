import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type Detection,
  operatingPointOf,
  StreamDetector,
  type StreamInference,
} from '../../host/core/detection/index.js';
import { ModelError } from '../../host/core/error.js';
import { encodeModel } from '../../host/core/model/index.js';
import { Random } from '../../host/core/random.js';
import { openFrontEnd } from '../../host/features/index.js';
import { openKernel } from '../../host/model/index.js';
import { SAMPLE, SPEECH_PARAMETERS, spreadClips } from '../features/signals.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';

const SECONDS = 6;
const COEFFICIENTS = 10;

/** Clips of the sample one after the other. The length is not a whole number of hops. */
async function recording(): Promise<Int16Array> {
  const clips = await spreadClips(SAMPLE, SECONDS);
  const samples = new Int16Array(SECONDS * 16_000 + 123);
  clips.forEach((clip, k) => {
    samples.set(clip.samples, k * 16_000);
  });
  return samples;
}

const samples = await recording();
const spec = {
  input: { frames: 49, coefficients: COEFFICIENTS },
  dimensions: 1,
  neuron: 'atif-u',
  stem: { channels: 5, kernel: [3, 1], stride: [2, 1] },
  stages: [{ blocks: 1, channels: 7, kernel: [3, 1], stride: [2, 1] }],
  timesteps: 2,
  surrogateSlope: 4,
  classes: 4,
} as const;
const network = { ...randomQuantizedNetwork(7, { spec }), features: SPEECH_PARAMETERS };
const model = encodeModel(network);
const point = { hopMs: 40, averageMs: 200, threshold: 0.3, minimumCount: 1, suppressionMs: 200 };

interface Heard {
  readonly detections: Detection[];
  readonly inferences: { sample: number; scores: number[]; features: Int8Array }[];
}

/** Pushes the recording in pieces whose sizes come from `size`. */
function listen(size: () => number): Heard {
  const kernel = openKernel(model);
  const heard: Heard = { detections: [], inferences: [] };
  const detector = new StreamDetector(kernel, {
    point,
    onInference: ({ sample, inference }: StreamInference) => {
      heard.inferences.push({ sample, scores: [...inference.scores], features: kernel.currentFeatures() });
    },
  });
  for (let at = 0; at < samples.length; ) {
    const piece = samples.subarray(at, at + size());
    heard.detections.push(...detector.push(piece));
    at += piece.length;
  }
  assert.equal(detector.samples, samples.length);
  assert.equal(detector.inferences, heard.inferences.length);
  return heard;
}

const whole = listen(() => samples.length);

describe('a stream detector', () => {
  test('gives the same detections however the samples are divided into pieces', () => {
    assert.ok(whole.detections.length > 0, 'nothing was detected');
    for (const size of [1, 7, 128, 320, 321, 1600, 16_000])
      assert.deepEqual(
        listen(() => size),
        whole,
        `pieces of ${size}`,
      );
    const random = new Random(1);
    assert.deepEqual(
      listen(() => 1 + random.below(900)),
      whole,
    );
  });

  test('infers once per hop from the first full input on', () => {
    const samplesOf = (k: number): number => 512 + 48 * 320 + k * 640;
    const count = Math.floor((samples.length - samplesOf(0)) / 640) + 1;
    assert.deepEqual(
      whole.inferences.map(({ sample }) => sample),
      Array.from({ length: count }, (_, k) => samplesOf(k)),
    );
  });

  test('computes exactly the same frames as the clip front end', () => {
    const frontEnd = openFrontEnd(network.features);
    // frame k begins 128 samples before sample 320k, like frame 1 of the clip from sample 320(k − 1) on
    const frame = (k: number): Int8Array => {
      const clip = new Int16Array(16_000);
      clip.set(samples.subarray(Math.max(0, k - 1) * 320, Math.max(0, k - 1) * 320 + 16_000));
      const row = Math.min(k, 1);
      return frontEnd.features(clip).slice(row * COEFFICIENTS, (row + 1) * COEFFICIENTS);
    };
    const frames = Array.from({ length: Math.floor((samples.length - 512) / 320) + 1 }, (_, k) => frame(k));
    for (const [k, { features }] of whole.inferences.entries()) {
      const expected = frames.slice(2 * k, 2 * k + 49).flatMap((row) => [...row]);
      assert.deepEqual([...features], expected, `inference ${k}`);
    }
  });

  test('gives the same first answer as the kernel for the first second as a clip', () => {
    const { scores, features } = whole.inferences[0];
    const kernel = openKernel(model);
    assert.deepEqual(features, kernel.features(samples.subarray(0, 16_000)));
    assert.deepEqual(scores, [...kernel.classify(samples.subarray(0, 16_000)).scores]);
  });

  test('gives the same answers as the kernel for the same features', () => {
    const kernel = openKernel(model);
    for (const { features, scores } of whole.inferences) assert.deepEqual([...kernel.infer(features).scores], scores);
  });

  test('starts another stream as if it were the first', () => {
    const detector = new StreamDetector(openKernel(model), { point });
    assert.deepEqual(detector.push(samples), whole.detections);
    detector.reset();
    assert.deepEqual(detector.push(samples), whole.detections);
  });

  test('uses the operating point of the model, and values that override it', () => {
    const detection = operatingPointOf(network, point);
    const tuned = openKernel(encodeModel({ ...network, detection }));
    assert.deepEqual(new StreamDetector(tuned).point, detection);
    const stricter = new StreamDetector(tuned, { point: { threshold: 0.9 } });
    const thresholds = detection.thresholds.map((threshold) => threshold && Math.round(0.9 * 65_535));
    assert.deepEqual(stricter.point, { ...detection, thresholds });
    assert.equal(new StreamDetector(openKernel(model)).point.average, 12);
  });

  test('begins with the thresholds of the model, whatever an earlier stream of its kernel had', () => {
    const tuned = openKernel(encodeModel({ ...network, detection: operatingPointOf(network, point) }));
    const strict = new StreamDetector(tuned);
    strict.setThresholds(strict.point.thresholds.map(() => 65_535));
    assert.deepEqual(strict.push(samples), []);
    assert.deepEqual(new StreamDetector(tuned).push(samples), whole.detections);
  });

  test('refuses a model whose features the front end does not compute', () => {
    const wide = randomQuantizedNetwork(1, { spec: { ...spec, input: { frames: 49, coefficients: 12 } } });
    const row = Array.from({ length: 12 }, () => 1);
    const other = { ...wide, features: { frames: 49, mean: row, multiplier: row } };
    assert.throws(
      () => new StreamDetector(openKernel(encodeModel(other))),
      (error) => error instanceof ModelError && /12/.test(error.message),
    );
  });
});

describe('a detector with a network that listens', () => {
  // a hop of 4 frames: 7, 11, 15, … frames fit
  const listening = {
    ...randomQuantizedNetwork(3, {
      spec: {
        ...spec,
        padding: 'valid',
        input: { frames: 51, coefficients: COEFFICIENTS },
      },
    }),
    features: { ...SPEECH_PARAMETERS, frames: 51 },
  };
  const bytes = encodeModel(listening);
  const own = { ...point, hopMs: 80 };

  /** Pushes the recording in pieces of a size, and returns the scores of every inference with its sample. */
  function heard(size: number): { sample: number; scores: number[] }[] {
    const results: { sample: number; scores: number[] }[] = [];
    const detector = new StreamDetector(openKernel(bytes), {
      point: own,
      onInference: ({ sample, inference }) => results.push({ sample, scores: [...inference.scores] }),
    });
    for (let at = 0; at < samples.length; at += size) detector.push(samples.subarray(at, at + size));
    return results;
  }

  test('infers after each hop, from the first whole window on, whatever the pieces', () => {
    const results = heard(320);
    assert.deepEqual(
      results.map(({ sample }) => sample),
      results.map((_, k) => 512 + 320 * (50 + 4 * k)),
    );
    assert.equal(results.length, Math.floor((samples.length - 512 - 320 * 50) / 1280) + 1);
    for (const size of [1, 777, samples.length]) assert.deepEqual(heard(size), results);
  });

  test('gives what the kernel gives for the window from scratch', () => {
    const kernel = openKernel(bytes);
    const detector = new StreamDetector(openKernel(bytes), {
      point: own,
      onInference: ({ inference }) => {
        assert.deepEqual([...kernel.infer(detector.kernel.currentFeatures()).scores], [...inference.scores]);
      },
    });
    detector.push(samples);
    assert.ok(detector.inferences > 50);
  });

  test('has the hop of its network, and refuses another', () => {
    assert.equal(new StreamDetector(openKernel(bytes)).point.hop, 4);
    assert.throws(() => new StreamDetector(openKernel(bytes), { point }), {
      name: 'DetectionError',
      message: 'a hop of 40 ms, but this network has results every 80 ms',
    });
  });

  test('says that a clip has interrupted its stream, and that a network for clips cannot listen', () => {
    const kernel = openKernel(bytes);
    kernel.beginStream();
    kernel.classify(samples.subarray(0, 16_000));
    assert.throws(() => kernel.listen(samples.subarray(0, 320)), { name: 'ModelError', message: /begin it again/ });
    const clips = openKernel(model);
    clips.beginStream();
    assert.throws(() => clips.listen(samples.subarray(0, 320)), { name: 'ModelError', message: /cannot listen/ });
  });
});
