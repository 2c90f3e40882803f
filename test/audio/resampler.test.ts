import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Resampler } from '../../host/core/audio/index.js';

const tone = (hz: number, rate: number, samples: number): Float32Array =>
  Float32Array.from({ length: samples }, (_, k) => 0.5 * Math.sin((2 * Math.PI * hz * k) / rate + 0.3));

function resampled(samples: Float32Array, fromHz: number): Float32Array {
  const converter = new Resampler(fromHz);
  return Float32Array.from([...converter.push(samples), ...converter.end()]);
}

/** Returns the signal-to-error ratio in dB, without the ends, where the tone begins and stops. */
function faithfulness(actual: Float32Array, expected: Float32Array): number {
  let [signal, error] = [0, 0];
  for (let k = 400; k < expected.length - 400; k++) {
    signal += expected[k] ** 2;
    error += (actual[k] - expected[k]) ** 2;
  }
  return 10 * Math.log10(signal / error);
}

for (const rate of [8000, 11_025, 22_050, 44_100, 47_999, 48_000, 96_000, 192_000]) {
  test(`a tone sampled at ${rate} Hz is the same tone at 16 kHz, with the same phase`, () => {
    for (const hz of [100, 1000, 3100]) {
      const converted = resampled(tone(hz, rate, rate), rate);
      assert.equal(converted.length, 16_000);
      const ratio = faithfulness(converted, tone(hz, 16_000, 16_000));
      assert.ok(ratio > 90, `${hz} Hz: ${ratio.toFixed(1)} dB`);
    }
  });
}

test('frequencies above 8 kHz are removed, not folded into the band', () => {
  for (const hz of [8100, 9000, 12_000, 15_900, 20_000]) {
    const converted = resampled(tone(hz, 48_000, 48_000), 48_000);
    const peak = converted.subarray(400, -400).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    assert.ok(20 * Math.log10(peak / 0.5) < -90, `${hz} Hz leaves ${(20 * Math.log10(peak / 0.5)).toFixed(1)} dB`);
  }
});

test('the result does not depend on how the input is divided into pieces', () => {
  const input = tone(700, 44_100, 20_000);
  const whole = new Resampler(44_100).push(input);
  const converter = new Resampler(44_100);
  const pieces: number[] = [];
  for (let at = 0, size = 1; at < input.length; at += size, size = (size * 7 + 3) % 611) {
    pieces.push(...converter.push(input.subarray(at, at + size)));
  }
  assert.deepEqual(pieces, [...whole]);
});

test('a long stream keeps its duration: 16,000 samples per second at any input rate', () => {
  const converter = new Resampler(44_100);
  let samples = 0;
  const second = new Float32Array(44_100);
  for (let k = 0; k < 60; k++) samples += converter.push(second).length;
  assert.ok(Math.abs(samples - 60 * 16_000) <= 40, `${samples}`);
});

test('a recording of any length keeps its duration', () => {
  for (const samples of [1, 2, 3, 441, 44_099]) {
    assert.equal(resampled(new Float32Array(samples), 44_100).length, Math.round((samples * 16_000) / 44_100));
  }
});

test('a recording at 16 kHz is left unchanged', () => {
  const input = tone(440, 16_000, 1000);
  assert.deepEqual(resampled(input, 16_000), input);
});
