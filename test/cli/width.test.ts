import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { boards } from '../../host/boards/boards.js';
import { boardsText, firmwareText } from '../../host/boards/text.js';
import { importText } from '../../host/cli/dataset-import.js';
import { EPOCH_TITLES, epochLine, resultText } from '../../host/cli/train-text.js';
import { tuneText } from '../../host/cli/tune.js';
import type { FlashReport } from '../../host/core/board/flash-model.js';
import { bisectText, flashText } from '../../host/core/board/index.js';
import { planNetwork, presetNetwork } from '../../host/core/network/index.js';
import { PROBABILITY_ONE } from '../../host/core/quantization/index.js';
import { columnsOf } from '../../host/core/text/index.js';
import { renderDatasetSummary, renderProblems } from '../../host/dataset/index.js';
import { type AmbientReport, ambientText, streamText } from '../../host/detection/index.js';
import type { StreamReport } from '../../host/detection/stream/evaluate.js';
import { boardText } from '../../host/device/describe-board.js';
import type { BoardEvaluationReport } from '../../host/device/evaluate-board.js';
import { boardEvaluationText } from '../../host/device/evaluation-text.js';
import { profileText } from '../../host/device/profile.js';
import { quantizationText, renderText } from '../../host/evaluation/index.js';
import type { ModelDescription } from '../../host/model/describe.js';
import { describeText } from '../../host/model/index.js';
import { reportFixture, THIRTY_FIVE } from '../evaluation/report-fixture.js';

// Every report with the widest figures that it may get: a large network, 35 words, long names, few speakers.

const MOST = 80;
/** Names of files as users have them, which are words of their own. */
const FILE = 'the-model-of-the-lamp-in-the-living-room-of-april.spkw';
const PORT = '/dev/cu.usbmodem12345678';
const TASK = THIRTY_FIVE.join(',');
const evidence = { voices: { clips: 29, speakers: 4 }, missingWords: THIRTY_FIVE.slice(0, 12) };

function fits(text: string): void {
  for (const line of text.split('\n')) {
    assert.ok(columnsOf(line) <= MOST, `${columnsOf(line)} columns: ${line}`);
    assert.doesNotMatch(line, /NaN|undefined/);
  }
  // thousands are apart, but not in seeds and numbers of epochs, nor in digests, fractions and names
  const figures = text.replace(/seed \d+|epoch \d+\/\d+|\S*[_/#]\S*|[0-9a-f]{8}…?|\.\d+/g, '');
  assert.doesNotMatch(figures, /\d{4}/);
}

const plan = planNetwork(presetNetwork('paper', { classes: 35 }));
const point = {
  ...{ hop: 4, average: 64, minimumCount: 32, suppression: 200, factor: 1 },
  thresholds: THIRTY_FIVE.map((_, k) => Math.round(PROBABILITY_ONE * (0.5 + k / 100))),
  curve: [0.5, 5, 50].map((falseAcceptsPerHour) => ({
    falseAcceptsPerHour,
    missRate: 1,
    thresholds: THIRTY_FIVE.map((_, k) => 30_000 + k),
  })),
};
const bounds = {
  currentMin: -123_456_789,
  currentMax: 123_456_789,
  membraneMin: -2_123_456_789,
  membraneMax: 2_123_456_789,
};
const report = { ...reportFixture(THIRTY_FIVE, 98_765), ...evidence, model: FILE, task: TASK };
const large = {
  ...report,
  ...{ synapticOperations: 123_456_789, ordinaryMacs: 310_123_456, denseMacs: 1_240_123_456 },
  layers: plan.layers.map(({ name, neurons, macs }) => ({
    ...{ name, neurons, theta: 0.1234, spikesPerNeuron: 12.345, synapticOperations: 123_456_789 },
    ...{ ordinaryMacs: macs, denseMacs: 4 * macs },
  })),
  early: {
    decisions: Array.from({ length: 32 }, (_, k) => ({ timesteps: k + 1, clips: 12_345 })),
    ...{ operations: 123_456_789, operationsWithout: 234_567_890, saved: 0.4737, accuracyWithout: 0.9876 },
  },
};
const intervals = { missRateInterval: [0.9123, 0.9999], falseAcceptsPerHourInterval: [1234.5, 2345.6] } as const;
const figures = {
  ...{ hours: 12.345678, keywords: 123_456, hits: 12_345, missRate: 0.9, falseAccepts: 23_456 },
  ...{ falseAcceptsPerHour: 1900.5, latencyMs: { median: 1234, p95: 12_345 }, ...intervals },
  ...{
    otherWords: 234_567,
    keywordVoices: { clips: 29, speakers: 4 },
    otherVoices: { clips: 105_829, speakers: 2618 },
  },
  missingWords: evidence.missingWords,
};
const stream: StreamReport = {
  ...{ model: FILE, dataset: 'speech commands', split: 'validation', seed: 4_294_967_295, snrDb: [-10, 0, 10, 20, 30] },
  ...{ ...figures, point, pointFrom: 'command line', seconds: 0.9 },
  perWord: THIRTY_FIVE.map((word) => ({ word, said: 12_345, hits: 1234, falseAccepts: 23_456 })),
  curve: point.curve,
};
const kinds = ['speech', 'words', 'music', 'a-kind-with-a-long-name'].map((kind) => ({
  ...{ kind, files: 12_345, hours: 1234.56, falseAccepts: 12_345, falseAcceptsPerHour: 12_345.6 },
  falseAcceptsPerHourInterval: [12_345.6, 23_456.7] as const,
  accepts: THIRTY_FIVE.slice(0, 10).map((word) => ({ word, file: 'a', timeMs: 1, score: 1, label: 0 })),
}));
const ambient: AmbientReport = {
  ...{
    model: FILE,
    folder: 'the-sounds-of-our-living-room',
    split: 'validation',
    excepted: 12_345,
    seed: 4_294_967_295,
  },
  ...{ point, pointFrom: 'command line', seconds: 1, kinds },
};

describe('no line is longer than 80 columns in the text of', () => {
  test('an evaluation', () => {
    fits(renderText(large, MOST));
    fits(renderText(reportFixture(THIRTY_FIVE.slice(0, 10), 98_765), MOST));
  });

  test('an evaluation on a board', () => {
    const board = {
      ...{ ...large, board: 'netduinoplus2', port: PORT, send: 'features', countUnit: 'instructions' },
      ...{
        instructionsPerInference: 123_456_789,
        instructionsPerFrame: 1_234_567,
        instructionsPerSynapticOperation: 12.3,
      },
      ...{
        millisecondsPerInference: 12_345.6,
        millisecondsPerFrame: 123.45,
        stackBytes: 12_345,
        stackReservedBytes: 65_536,
      },
      ...{ boardRamBytes: 12_345_678, kernelRamBytes: 12_345_678, firmwareBytes: 12_345_678, hostAgreement: 0.5 },
      ...{ spikesCompared: 12_345_678_901, disagreements: [] },
    } as const satisfies BoardEvaluationReport;
    fits(boardEvaluationText(board, MOST));
  });

  test('a quantisation', () => {
    const layers = plan.layers.map(({ name }) => ({
      ...{ name, channels: 512, weights: 2_359_296, thresholds: [1_234_567, 12_345_678] as const, bounds },
      worstWeightError: 0.12345,
    }));
    const comparison = { dataset: 'a', clips: 12_345, floatAccuracy: 1, accuracy: 0.9, lossPoints: 10, agreement: 0.9 };
    fits(quantizationText({ checkpoint: FILE, task: TASK, layers, validation: { ...comparison, ...evidence } }));
  });

  test('the description of a model', () => {
    const digest = `speech commands ${'0123456789abcdef'.repeat(4)}`;
    const model: ModelDescription = {
      ...{ file: FILE, kind: 'checkpoint', labels: THIRTY_FIVE, neuron: 'atif-nu', timesteps: 32, dimensions: 2 },
      ...{
        frames: 120,
        coefficients: 10,
        channels: 1,
        weights: plan.weights,
        ordinaryMacs: 310_123_456,
        denseMacs: 1_240_123_456,
      },
      classifier: { channels: 512, classes: 35, weights: 17_920 },
      ...{ hopMs: 80, flashBytes: 11_166_784, ramBytes: 1_234_567, detection: point },
      early: { margins: Array.from({ length: 31 }, () => 12_345_678), biases: [] },
      provenance: {
        ...{ spikeword: '0.1.0', task: TASK, dataset: [digest, digest, digest].join(' + '), seed: 4_294_967_295 },
        ...{ epochs: 10_000, validationAccuracyFloat: 0.9, validationAccuracy: 0.9 },
      },
      layers: plan.layers.map(({ name, neurons }) => ({
        ...{
          name,
          input: [512, 49, 10],
          output: [512, 49, 10],
          kernel: [3, 3],
          stride: [2, 2],
          shortcut: 'projection',
        },
        ...{ neurons, weights: 2_359_296, thresholds: [1_234_567, 12_345_678], bounds },
      })),
    };
    fits(describeText(model));
  });

  test('an evaluation in streams and in ambient sound', () => {
    fits(streamText(stream));
    fits(ambientText(ambient));
  });

  test('what tune chose', () => {
    const tuned = {
      ...{ model: FILE, out: FILE, budget: 1, snrDb: [10], seed: 1, point, temperature: 4, ratio: 12.34, tried: 90 },
      ...{ validation: figures, ambient: { budget: 1, excepted: 0, kinds } },
    };
    fits(tuneText(tuned));
  });

  test('a board: its description, what was flashed, a comparison, a profile', () => {
    const slots = [0, 1].map((slot) => ({
      ...{ slot, state: 'waiting for the first start', runs: true, sequence: 4_294_967_295, modelBytes: 262_144 },
      crc: '12ab34cd',
    }));
    fits(
      boardText({
        ...{ board: 'netduinoplus2', port: PORT, firmware: '0.1.0', protocol: 1, abi: 2, modelFormat: 2 },
        ...{ firmwareBytes: 123_456, countUnit: 'instructions', ramBytes: 196_608, kernelRamBytes: 61_440 },
        ...{ kernelRamUsed: 34_940, stackBytes: 16_384, stackHighWater: 12_345, uptimeSeconds: 1_234_567.8 },
        ...{ inferences: 12_345_678, largestModelBytes: 262_144, sectorBytes: 131_072, slots },
      }),
    );
    for (const action of ['written', 'kept', 'rolled back'] as const) {
      const flashed: FlashReport = {
        board: 'netduinoplus2',
        port: PORT,
        action,
        ...slots[0],
        seconds: 123.4,
      };
      fits(flashText(flashed));
    }
    const stages = plan.layers.map(({ name }) => ({
      ...{ stage: name, values: 123_456_789 },
      difference: {
        where: 'timestep 3, frame 48, channel 511',
        host: 12_345_678,
        board: -12_345_678,
        differing: 123_456,
      },
    }));
    const same = { board: 'netduinoplus2', port: PORT, clip: 'left/0b40aa8e_nohash_0.wav', sameModel: false };
    fits(bisectText({ ...same, stages, agrees: false }));
    fits(
      profileText({
        ...{ board: 'netduinoplus2', port: PORT, clip: same.clip, countUnit: 'instructions', label: 'backward' },
        layers: plan.layers.map(({ name }) => ({
          ...{ name, count: 1_234_567_890, spikes: 1, synapticOperations: 123_456_789, share: 0.9 },
          perSynapticOperation: 1234.56,
        })),
        ...{ perInference: 12_345_678_901, perFrame: 1_234_567, frames: 49, synapticOperations: 123_456_789 },
        ...{ perSynapticOperation: 12.34, millisecondsPerInference: 123_456.7, millisecondsPerFrame: 12.3 },
      }),
    );
    fits(boardsText(boards));
    const sizes = {
      textBytes: 123_456,
      dataBytes: 12_345,
      bssBytes: 123_456,
      firmwareBytes: 135_801,
      ramBytes: 135_801,
    };
    fits(firmwareText({ board: 'netduinoplus2', elf: 'a.elf', bin: 'a.bin', stackBytes: 16_384, ...sizes }, boards[0]));
  });

  test('a training', () => {
    const log = {
      ...{
        epoch: 10_000,
        epochs: 10_000,
        loss: 12_345.678,
        trainingAccuracy: 1,
        validationLoss: 1,
        validationAccuracy: 1,
      },
      ...{ validationMissRate: 1, best: true, learningRate: 1, thresholds: {}, clipsPerSecond: 1, seconds: 1 },
      ...{ spikesPerNeuron: { mean: 31.999, weighted: 1, layers: {} }, secondsLeft: 3_600_000 },
    };
    fits(`${EPOCH_TITLES}\n${epochLine(log)}`);
    const numbers = { epochs: 10_000, bestEpoch: 9999, validationMissRate: 0.9, validationAccuracy: 0.9 };
    const heard = { missRate: 0.999, falseAcceptsPerHour: 1234.5, ambientPerHour: 123.4, missesAtFewFalseAccepts: 1 };
    const beforeAfter = { thresholdsOf: 'commands.spkw', before: heard, after: heard };
    const result = {
      ...{ ...numbers, validationClips: 12_345, validation: evidence, spikesPerNeuron: 31.999, weights: 1 },
      beforeAfter,
    };
    fits(resultText({ run: 'runs/lamp', checkpoint: 'runs/lamp/best.safetensors', task: TASK, ...result }));
  });

  test('a dataset', () => {
    const many = { training: 84_843, validation: 9981, testing: 11_005 };
    const labels = THIRTY_FIVE.map((label) => ({ label, examples: many }));
    fits(
      renderDatasetSummary(
        {
          ...{ name: 'the-recordings-of-our-living-room', splitBy: 'lists', clips: many, speakers: many },
          words: THIRTY_FIVE.map((word) => ({ word, clips: many })),
          ...{
            clipsOfUnknownSpeakers: 12_345,
            sharedSpeakers: [],
            differingFromSpeakerHash: 12_345,
            backgroundNoise: [],
          },
        },
        { name: TASK, examples: many, labels },
      ),
    );
    const problem = {
      ...({ kind: 'speaker in two splits', wrong: true } as const),
      text: `12 speakers are in more than one split, so accuracy says nothing about new voices; \`spikeword dataset split --force\` writes new lists`,
      files: [
        '0123abcd: training, validation, testing',
        'yes/0123abcd_nohash_0.wav (training) = no/4567cdef_nohash_0.wav (testing)',
      ],
    };
    fits(renderProblems([problem]).join('\n'));
    const cut = {
      fromSeconds: 1234.5,
      toSeconds: 1235.5,
      path: 'data/lamp/ann_nohash_12.wav',
      reason: null,
      clip: null,
    };
    const file = {
      file: 'memo-of-the-lamp.m4a',
      speaker: 'ann',
      cuts: [{ ...cut, reason: 'is there already: data/lamp/ann_nohash_3.wav' }],
      fault: null,
    };
    const broken = {
      ...file,
      cuts: [],
      fault: 'begins with "oops", which is neither WAV, MP3, FLAC nor Ogg; with ffmpeg installed, others are read too',
    };
    fits(importText([file, broken] as never, { word: 'lamp', to: 'data' }, undefined));
  });
});
