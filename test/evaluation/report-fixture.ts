import { planNetwork, presetNetwork } from '../../host/core/network/index.js';
import { Random } from '../../host/core/random.js';
import { wilsonInterval } from '../../host/core/statistics/index.js';
import { activity, classReports, confusionMatrix, type EvaluationReport } from '../../host/evaluation/index.js';

/** A report with plausible but invented figures, for tests of the renderers. */
export function reportFixture(labels: readonly string[], clips = 3632, seed = 7): EvaluationReport {
  const random = new Random(seed);
  const spoken = Int32Array.from({ length: clips }, (_, k) => k % labels.length);
  const recognised = spoken.map((label) => {
    if (random.uniform() < 0.9) return label;
    return random.uniform() < 0.5 ? (label + 1) % labels.length : random.below(labels.length);
  });
  const plan = planNetwork(presetNetwork('small', { classes: labels.length }));
  const spikes = plan.layers.map((layer) => Math.round(layer.neurons * clips * (0.2 + 0.8 * random.uniform())));
  const synapticOperations = plan.layers.map((layer) =>
    Math.round(layer.macs * clips * (0.1 + 0.5 * random.uniform())),
  );
  const confusion = confusionMatrix(spoken, recognised, labels.length);
  const right = spoken.reduce((sum, label, k) => sum + (label === recognised[k] ? 1 : 0), 0);
  const wrong = [...spoken.keys()].filter((k) => spoken[k] !== recognised[k]).slice(0, 12);
  return {
    model: 'gsc-17-small.spkw',
    task: `gsc-${labels.length}`,
    dataset: 'speech_commands (sha256 0123456789abcdef)',
    split: 'validation',
    clips,
    accuracy: right / clips,
    accuracyInterval: wilsonInterval(right, clips),
    ...activity(plan, { spikes, synapticOperations }, clips),
    early: null,
    missingWords: [],
    voices: { clips: 239, speakers: 5 },
    agreement: 0.9934,
    agreementWith: 'the float network in gsc-17-small.safetensors',
    floatAccuracy: 0.924,
    clipsPerSecond: 1432.7,
    threads: 2,
    modelBytes: 98_304,
    ramBytes: 23_960,
    labels,
    perClass: classReports(confusion, labels),
    confusion,
    mistakes: wrong.map((k, order) => ({
      clip: `${labels[spoken[k]]}/${(0xabc000 + k * 7919).toString(16)}_nohash_${k % 4}.wav`,
      spoken: labels[spoken[k]],
      recognised: labels[recognised[k]],
      confidence: 0.99 - order * 0.01,
    })),
    network: { neuron: 'atif-u', timesteps: 4, dimensions: 1, weights: plan.weights },
    provenance: {
      spikeword: '0.1.0',
      task: `gsc-${labels.length}`,
      dataset: 'speech_commands (sha256 0123456789abcdef)',
      seed: 1,
      epochs: 30,
      validationAccuracyFloat: 0.9262,
      validationAccuracy: 0.9245,
    },
  };
}

/** The words of gsc-17. */
export const SEVENTEEN = 'yes no up down left right stop go zero one two three four five bed cat happy'.split(' ');
/** The words of gsc-35. */
export const THIRTY_FIVE = [
  ...SEVENTEEN,
  ...'six seven eight nine on off bird dog house marvin sheila tree wow backward follow forward learn visual'.split(
    ' ',
  ),
];
