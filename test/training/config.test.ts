import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { initialParameters, PRESET_NAMES, planNetwork, presetNetwork } from '../../host/core/network/index.js';
import { learningRateAt } from '../../host/core/training/schedule.js';
import { readCheckpoint, writeCheckpoint } from '../../host/model/index.js';
import { TrainingConfigError } from '../../host/system/error.js';
import { packagePath } from '../../host/system/index.js';
import { checkConfig } from '../../host/training/check-config.js';
import { configureTraining, type TrainingOverrides } from '../../host/training/configure.js';
import { defaultConfig } from '../../host/training/defaults.js';
import { temporaryFolder } from '../dataset/corpus.js';

const CHOICE = { data: 'words', task: 'gsc-17', classes: 17 };
const tiny = defaultConfig({ ...CHOICE, preset: 'tiny' });

/** Returns the configuration with another value at a dotted path. */
function withValue(path: string, value: unknown): unknown {
  const config = structuredClone(tiny) as unknown as Record<string, unknown>;
  const keys = path.split('.');
  let part = config;
  for (const key of keys.slice(0, -1)) part = part[key] as Record<string, unknown>;
  part[keys[keys.length - 1]] = value;
  return config;
}

describe('training configuration', () => {
  test('accepts the defaults of every preset, also after conversion to JSON and back', () => {
    for (const preset of PRESET_NAMES) {
      const pictures = preset.startsWith('cifar-');
      const task = pictures ? { task: 'cifar-10', classes: 10 } : { task: 'gsc-17', classes: 17 };
      const config = defaultConfig({ data: 'words', ...task, preset });
      assert.deepEqual(checkConfig(JSON.parse(JSON.stringify(config))), config);
    }
  });

  for (const [path, value] of [
    ['epochs', 0],
    ['epochs', 2.5],
    ['batchSize', 1],
    ['seed', -1],
    ['seed', '1'],
    ['labelSmoothing', 1],
    ['schedule.learningRate', Number.NaN],
    ['schedule.kind', 'linear'],
    ['schedule.milestones', [0.9, 0.5]],
    ['optimizer.kind', 'adam'],
    ['optimizer', null],
    ['augmentation.noise', 1.5],
    ['augmentation.snrDb', [30, 5]],
    ['augmentation.shiftMs', 5000],
    ['data', ''],
    ['resample', 'yes'],
    ['network.input.frames', 2000],
    ['network.input.coefficients', 13],
    ['network.surrogateSlope', '2'],
    ['network.surrogateSlope', 0],
    ['network.surrogateSlope', 1e30],
  ] as const) {
    test(`refuses ${path} = ${JSON.stringify(value)} and names it`, () => {
      assert.throws(
        () => checkConfig(withValue(path, value)),
        (error) =>
          error instanceof TrainingConfigError &&
          error.message.includes(`training: ${path} is`) &&
          error.exitCode === 2,
      );
    });
  }

  for (const [path, fault] of [
    [
      'epochz',
      'is not a known field; it may have data, resample, task, ambient, mistakes, mistakesWeight, share, network, bestOn, teacher, seed, epochs,',
    ],
    ['optimizer.beta3', 'is not a known field; optimizer may have kind, weightDecay,'],
    ['augmentation.livre', 'is not a known field; augmentation may have shiftMs,'],
    ['network.attention', 'is not a known field; network has input,'],
    ['network.input.bands', 'is not a known field; network.input has frames, coefficients'],
    ['network.stem.padding', 'is not a known field; network.stem has channels, kernel, stride'],
  ]) {
    test(`refuses ${path}, because it would have no effect`, () => {
      assert.throws(() => checkConfig(withValue(path, true)), {
        name: 'TrainingConfigError',
        message: new RegExp(`^training: ${path.replaceAll('.', '\\.')} ${fault}`),
      });
    });
  }

  test('refuses an unknown key of a stage and names its path', () => {
    const stages = [{ ...tiny.network.stages[0], squeeze: 4 }];
    assert.throws(
      () => checkConfig(withValue('network.stages', stages)),
      /network\.stages\[0\]\.squeeze is not a known field/,
    );
  });

  test('refuses to learn from a teacher without a file, or without saying how much', () => {
    const nobody = { weight: 0.5, temperature: 2 };
    assert.throws(() => checkConfig(withValue('teacher', nobody)), {
      name: 'TrainingConfigError',
      message: 'training: how much is learned from a teacher is given, but no teacher (--teacher)',
    });
    const somebody = { file: 'relu.safetensors', sha256: '0'.repeat(64) };
    assert.throws(() => checkConfig(withValue('teacher', somebody)), /training: teacher.weight is missing, expected a/);
    assert.throws(() => checkConfig(withValue('teacher', { ...nobody, ...somebody, sha256: '0' })), /teacher.sha256/);
  });

  test('refuses a network that cannot be built', () => {
    assert.throws(() => checkConfig(withValue('network.stem.kernel', [4, 1])), /stem\.kernel is \[4,1\]/);
  });

  test('keeps the default of the preset for options that are not given', () => {
    const config = configureTraining({ data: 'words', preset: 'tiny', epochs: 3, gainDb: 0 }, null);
    const expected = { ...tiny, epochs: 3, augmentation: { ...tiny.augmentation, gainDb: 0 } };
    assert.deepEqual(config, expected);
  });

  test('changes only the given options in the configuration of a run', () => {
    const base = { ...tiny, epochs: 7, seed: 9, labelSmoothing: 0 };
    assert.deepEqual(configureTraining({}, base), base);
    const changed = configureTraining({ neuron: 'relu', seed: 3 }, base);
    assert.deepEqual(changed, { ...base, seed: 3, network: { ...base.network, neuron: 'relu' } });
  });

  test('keeps the neurons of a configuration when another preset is given', () => {
    const neurons = { neuron: 'atif-nu', timesteps: 6, surrogateSlope: 3 } as const;
    const base = { ...tiny, network: { ...tiny.network, ...neurons } };
    const { network } = configureTraining({ preset: 'small' }, base);
    assert.deepEqual(network, { ...defaultConfig({ ...CHOICE, preset: 'small' }).network, ...neurons });
    assert.equal(configureTraining({ preset: 'small', surrogateSlope: 5 }, base).network.surrogateSlope, 5);
  });

  for (const [preset, task, rate, factor, every, epochs] of [
    ['paper', 'gsc-35', 1e-3, 0.1, 20, 80],
    ['cifar-resnet-18', 'cifar-10', 0.08, 0.9, 30, 900],
    ['cifar-vgg-16', 'cifar-100', 0.08, 0.9, 30, 900],
  ] as const) {
    test(`${preset} is trained by the recipe of the paper: SGD, ${rate} times ${factor} every ${every} of ${epochs} epochs`, () => {
      const config = configureTraining({ data: 'examples', preset, task }, null);
      assert.deepEqual(checkConfig(JSON.parse(JSON.stringify(config))), config);
      assert.equal(config.epochs, epochs);
      assert.equal(config.optimizer.kind, 'sgd');
      const steps = 10;
      for (let step = 0; step < epochs * steps; step += 5) {
        const expected = rate * factor ** Math.floor(step / steps / every);
        const actual = learningRateAt(config.schedule, step, epochs * steps, steps);
        assert.ok(Math.abs(actual / expected - 1) < 1e-9, `step ${step}: ${actual}, expected ${expected}`);
      }
      assert.deepEqual([config.labelSmoothing, config.spikePenalty], [0, 0]);
    });
  }

  test('refuses a network of sound for pictures, the other way round, and what changes sound', () => {
    const refuse = (overrides: TrainingOverrides, message: RegExp): void =>
      assert.throws(() => configureTraining({ data: 'examples', ...overrides }, null), {
        name: 'TrainingConfigError',
        message,
      });
    const pictures = { task: 'cifar-10', preset: 'cifar-vgg-16' };
    refuse(
      { task: 'cifar-10', preset: 'small' },
      /network\.input is .* expected 32 × 32 in 3 channels for cifar-10: a preset cifar-…/,
    );
    refuse({ task: 'gsc-17', preset: 'cifar-vgg-16' }, /network\.input\.coefficients is 32, expected 10/);
    refuse({ ...pictures, noise: 0.5 }, /cifar-10 is of pictures; leave out what changes sound: --shift/);
    refuse({ ...pictures, mistakes: ['kept'] }, /cifar-10 is of pictures; leave out/);
    refuse({ ...pictures, rooms: 0.5 }, /augmentation\.live\.rooms is only for tasks that listen/);
    refuse(
      { task: 'gsc-17', preset: 'small', crop: 0.5 },
      /augmentation\.pictures\.crop is only for tasks of pictures/,
    );
  });

  test('has what changes pictures instead of what changes sound, and again the other way round', () => {
    const { augmentation } = configureTraining({ data: 'examples', task: 'cifar-10', preset: 'cifar-vgg-16' }, null);
    assert.deepEqual(augmentation.pictures, { crop: 0.25, flip: 0.5, mixup: 1 });
    assert.deepEqual([augmentation.shiftMs, augmentation.gainDb, augmentation.noise], [0, 0, 0]);
    const pictures = configureTraining({ task: 'cifar-10', preset: 'cifar-resnet-18' }, tiny);
    assert.deepEqual(pictures.augmentation.pictures, augmentation.pictures);
    assert.equal(pictures.augmentation.noise, 0);
    const back = configureTraining({ task: tiny.task, preset: 'tiny' }, pictures);
    assert.deepEqual(back.augmentation, tiny.augmentation);
  });

  test('uses the learning rate of SGD unless one is given', () => {
    assert.equal(configureTraining({ data: 'w', optimizer: 'sgd' }, null).schedule.learningRate, 0.1);
    assert.equal(
      configureTraining({ data: 'w', optimizer: 'sgd', learningRate: 0.3 }, null).schedule.learningRate,
      0.3,
    );
  });

  test('trains a live task on windows of a stream, and every other task on clips', () => {
    const live = configureTraining({ data: 'words', task: 'commands' }, null);
    assert.deepEqual(live.augmentation.live?.pieceInside, [0.15, 0.4]);
    assert.equal('live' in tiny.augmentation, false);
    assert.deepEqual(configureTraining({ task: 'live:lamp' }, tiny).augmentation, live.augmentation);
    assert.deepEqual(configureTraining({ task: 'gsc-17' }, live).augmentation, tiny.augmentation);
    assert.deepEqual([live.labelSmoothing, tiny.labelSmoothing], [0, 0.1]);
    assert.equal(configureTraining({ task: 'live:lamp' }, tiny).labelSmoothing, 0);
    assert.equal(configureTraining({ task: 'live:lamp' }, { ...live, spikePenalty: 0.5 }).spikePenalty, 0.5);
    const louder = { ...live, augmentation: { ...live.augmentation, gainDb: 20 } };
    assert.deepEqual(configureTraining({ task: 'live:lamp' }, louder).augmentation, louder.augmentation);
  });

  for (const [path, value] of [
    ['wordInside', 0],
    ['pieceInside', [0.4, 0.1]],
    ['pieces', 2],
    ['neighbour', '0.3'],
    ['ambientSpeech', -0.1],
    ['silenceDb', [-70, 10]],
  ] as const) {
    test(`refuses augmentation.live.${path} = ${JSON.stringify(value)} and names it`, () => {
      const { augmentation, ...config } = defaultConfig({ ...CHOICE, preset: 'tiny', task: 'commands', classes: 12 });
      const live = { ...augmentation.live, [path]: value };
      assert.throws(
        () => checkConfig({ ...config, augmentation: { ...augmentation, live } }),
        (error) => error instanceof TrainingConfigError && error.message.includes(`augmentation.live.${path} is`),
      );
    });
  }

  test('has ambient sound only if it is given, and only for a live task', () => {
    const live = configureTraining({ data: 'words', task: 'commands' }, null);
    assert.equal('ambient' in live, false);
    const heard = configureTraining({ ambient: ['rooms'] }, live);
    assert.deepEqual(heard, { ...live, ambient: ['rooms'] });
    assert.equal('ambient' in configureTraining({ task: 'gsc-17' }, heard), false);
    assert.throws(() => checkConfig({ ...tiny, ambient: ['rooms'] }), /ambient sound is only for tasks that listen/);
    for (const ambient of [[], [''], 'rooms']) {
      assert.throws(() => checkConfig({ ...live, ambient }), /training: ambient is .*, expected a list of texts/);
    }
  });

  test('starts from a network that listens with the words that it knows, though the task of its name has more now', () => {
    const from = packagePath('models/commands.safetensors');
    const { task, network } = configureTraining({ data: 'words', from }, null);
    assert.deepEqual([task, network.classes], ['commands', 12]);
    const labels = 'yes no up down left right stop go _unknown_ _silence_'.split(' ');
    const spec = presetNetwork('listen-small', { classes: labels.length });
    const older = join(temporaryFolder(), 'older.safetensors');
    const parameters = initialParameters(planNetwork(spec), 1);
    writeCheckpoint(older, { ...readCheckpoint(from), spec, labels, parameters });
    const begun = configureTraining({ data: 'words', from: older }, null);
    assert.deepEqual([begun.task, begun.network.classes], ['live:yes,no,up,down,left,right,stop,go', 10]);
  });

  test('says what an epoch is best on only for a live task, where it may be absent as in older runs', () => {
    const live = configureTraining({ data: 'words', task: 'commands' }, null);
    assert.equal(live.bestOn, 'streams');
    assert.equal('bestOn' in tiny, false);
    assert.equal('bestOn' in configureTraining({ task: 'gsc-17' }, live), false);
    assert.equal(configureTraining({ task: 'commands' }, tiny).bestOn, 'streams');
    const { bestOn: _, ...older } = live;
    assert.equal('bestOn' in configureTraining({}, checkConfig(older)), false);
    assert.throws(() => checkConfig({ ...tiny, bestOn: 'streams' }), /only for tasks that listen.*leave out bestOn/);
    assert.throws(() => checkConfig({ ...live, bestOn: 'clips' }), /bestOn is "clips", expected streams or windows/);
  });

  test('writes the home folder as ~', async () => {
    const { homedir } = await import('node:os');
    const home = configureTraining(
      { data: `${homedir()}/words`, task: 'commands', ambient: [`${homedir()}/rooms`] },
      null,
    );
    assert.deepEqual([home.data, home.ambient], ['~/words', ['~/rooms']]);
  });
});
