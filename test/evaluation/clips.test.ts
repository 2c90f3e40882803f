import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { probabilities } from '../../host/core/kernel/index.js';
import {
  layerRaster,
  namedClips,
  type Outcomes,
  representativeClips,
  worstMistakes,
} from '../../host/evaluation/index.js';

/** Answers written as `spoken recognised confidence`. */
function outcomes(...answers: string[]): Outcomes {
  const labels = ['yes', 'no', 'up'];
  const parts = answers.map((answer) => answer.split(' '));
  return {
    names: answers.map((answer, k) => `${answer.split(' ')[0]}/${k}.wav`),
    labels,
    spoken: Int32Array.from(parts, ([spoken]) => labels.indexOf(spoken)),
    recognised: Int32Array.from(parts, ([, recognised]) => labels.indexOf(recognised)),
    confidence: Float64Array.from(parts, ([, , confidence]) => Number(confidence)),
  };
}

describe('probabilities of integer scores', () => {
  test('are the softmax of the scaled scores', () => {
    const [a, b, c] = probabilities([100, 0, 0], Math.LN2 / 100);
    assert.ok(Math.abs(a - 0.5) < 1e-12 && Math.abs(b - 0.25) < 1e-12 && Math.abs(c - 0.25) < 1e-12);
  });

  test('are right for scores at the ends of int32', () => {
    assert.deepEqual([...probabilities([2 ** 31 - 1, -(2 ** 31)], 1)], [1, 0]);
  });
});

describe('the worst mistakes', () => {
  test('are ordered with the most confident first', () => {
    const mistakes = worstMistakes(outcomes('yes no 0.4', 'no no 0.99', 'up yes 0.8', 'no up 0.6'));
    assert.deepEqual(
      mistakes.map(({ clip, spoken, recognised, confidence }) => [clip, spoken, recognised, confidence]),
      [
        ['up/2.wav', 'up', 'yes', 0.8],
        ['no/3.wav', 'no', 'up', 0.6],
        ['yes/0.wav', 'yes', 'no', 0.4],
      ],
    );
  });

  test('are at most 24', () => {
    assert.equal(worstMistakes(outcomes(...new Array(60).fill('yes no 0.5'))).length, 24);
  });
});

describe('the clips that a report draws', () => {
  test('are a typical clip of each of three classes, and different mistakes', () => {
    const chosen = representativeClips(
      outcomes(
        ...['yes yes 0.7', 'yes yes 0.8', 'yes yes 0.9'],
        ...['no no 0.5', 'no up 0.9', 'no up 0.95'],
        ...['up up 0.6', 'up yes 0.55', 'up no 0.5', 'up yes 0.4'],
      ),
    );
    assert.deepEqual(chosen, [
      { index: 1, reason: 'typical' },
      { index: 3, reason: 'typical' },
      { index: 6, reason: 'typical' },
      { index: 5, reason: 'mistake' },
      { index: 7, reason: 'mistake' },
      { index: 8, reason: 'mistake' },
    ]);
  });

  test('are not repeated if there are few classes, and need no mistakes', () => {
    assert.deepEqual(representativeClips(outcomes('yes yes 0.7')), [{ index: 0, reason: 'typical' }]);
    assert.deepEqual(representativeClips(outcomes('yes no 0.7')), [{ index: 0, reason: 'mistake' }]);
  });

  test('can be chosen by name, and other names are refused', () => {
    const answers = ['yes/0.wav', 'no/1.wav'];
    assert.deepEqual(namedClips(answers, ['no/1.wav']), [{ index: 1, reason: 'chosen' }]);
    assert.throws(() => namedClips(answers, ['no/9.wav']), {
      name: 'EvaluationError',
      message: 'clip no/9.wav is not one of the evaluated clips, which have names like yes/0.wav',
    });
  });
});

describe('the raster of a layer', () => {
  test('puts the timesteps of a frame next to each other', () => {
    // [timestep][channel][frame] of 2 × 1 × 3
    const spikes = Uint8Array.of(1, 0, 1, 0, 1, 1);
    const raster = layerRaster('stem', spikes, { channels: 1, frames: 3, bands: 1 }, 2);
    assert.equal(raster.columns, 6);
    assert.deepEqual([...raster.levels], [255, 0, 0, 255, 255, 255]);
  });

  test('averages the bands of a 2-D network', () => {
    // [timestep][channel][frame][band] of 1 × 2 × 1 × 3
    const raster = layerRaster('stem', Uint8Array.of(1, 0, 0, 1, 1, 1), { channels: 2, frames: 1, bands: 3 }, 1);
    assert.deepEqual([...raster.levels], [85, 255]);
  });
});
