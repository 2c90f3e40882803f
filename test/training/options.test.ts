import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { trainCommand } from '../../host/cli/train.js';
import { packagePath } from '../../host/system/index.js';
import type { TrainingConfig } from '../../host/training/config.js';
import { valueAt } from '../../host/training/config-path.js';
import { configureTraining, type TrainingOverrides } from '../../host/training/configure.js';
import { defaultText, type OptionName, TRAINING_OPTIONS, trainingOptions } from '../../host/training/options.js';

/** For every option with a flag, a value that is not the default of either kind of task. */
const OTHER: Readonly<Record<string, unknown>> = {
  data: 'other',
  resample: true,
  task: 'yes,no',
  ambient: ['rooms', 'cities'],
  mistakes: ['kept', 'older'],
  mistakesWeight: 0.5,
  share: 0.5,
  neuron: 'if',
  timesteps: 6,
  surrogateSlope: 3.5,
  bestOn: 'windows',
  distillation: 0.8,
  temperature: 4,
  seed: 7,
  epochs: 11,
  batchSize: 9,
  optimizer: 'sgd',
  weightDecay: 0.5,
  gradientClip: 2,
  schedule: 'step',
  learningRate: 0.03,
  warmupEpochs: 1.5,
  labelSmoothing: 0.2,
  spikePenalty: 0.7,
  shiftMs: 30,
  gainDb: 3,
  noise: 0.35,
  snrDb: [3, 12],
  speed: [0.9, 1.3],
  redraw: 3,
  masks: 2,
  crop: 0.5,
  flip: 0.1,
  mixup: 0.3,
  leadMs: 250,
  tailMs: 100,
  ambientSpeech: 0.5,
  ambientWords: 0.6,
  ambientSilence: 0.7,
  ambientNoise: 0.8,
  rooms: 0.9,
  bandLimit: 0.4,
  reversed: 0.25,
};
const flags = trainingOptions.filter(([, { flag }]) => flag !== undefined);
const base = configureTraining({ data: 'words', preset: 'tiny' }, null);
const liveBase = configureTraining({ data: 'words', preset: 'tiny', task: 'commands' }, null);
const pictureBase = configureTraining({ data: 'words', preset: 'cifar-vgg-16', task: 'cifar-10' }, null);
/** Learns from a network, of which only the file is read here. */
const taughtBase = configureTraining(
  { data: 'words', preset: 'tiny', teacher: packagePath('models/gsc-17-small.safetensors') },
  null,
);
const taught = (name: string): boolean => pathOf(name).startsWith('teacher.');
const onlyPictures = (name: string): boolean => pathOf(name).startsWith('augmentation.pictures.');
const onlyLive = (name: string): boolean =>
  name === 'ambient' ||
  (!['mistakes', 'share'].includes(name) &&
    !taught(name) &&
    !onlyPictures(name) &&
    valueAt(base, pathOf(name)) === undefined);
const baseOf = (name: string): TrainingConfig => {
  if (taught(name)) return taughtBase;
  return onlyLive(name) ? liveBase : onlyPictures(name) ? pictureBase : base;
};
const pathOf = (name: string): string => TRAINING_OPTIONS[name as OptionName].path;
const help = trainCommand().createHelp().formatHelp(trainCommand(), trainCommand().createHelp()).replace(/\s+/g, ' ');

describe('the options of a training', () => {
  test('are all tested here if they have a flag', () => {
    assert.deepEqual(
      Object.keys(OTHER),
      flags.map(([name]) => name),
    );
  });

  for (const [name, option] of flags) {
    test(`include ${name}, which changes only its own field of a configuration`, () => {
      const change = { [name]: OTHER[name] } as TrainingOverrides;
      const before = baseOf(name);
      const changed: TrainingConfig = configureTraining(change, before);
      assert.deepEqual(valueAt(changed, option.path), OTHER[name]);
      const differing = trainingOptions.filter(
        ([, { path }]) => JSON.stringify(valueAt(changed, path)) !== JSON.stringify(valueAt(before, path)),
      );
      // SGD also changes the learning rate.
      const expected = name === 'optimizer' ? ['optimizer', 'learningRate'] : [name];
      assert.deepEqual(
        differing.map(([other]) => other),
        expected,
      );
    });

    if (onlyLive(name) || onlyPictures(name)) {
      test(`include ${name}, which is refused for a task on clips`, () => {
        const change = { [name]: OTHER[name] } as TrainingOverrides;
        assert.throws(() => configureTraining(change, base), {
          name: 'TrainingConfigError',
          message: onlyLive(name) ? /only for tasks that listen/ : /only for tasks of pictures/,
        });
      });
    }

    test(`include ${name}, which is in the help with its flag, range and default`, () => {
      const { type } = option;
      const line = `${option.flag} ${option.help} (${type.range === undefined ? '' : `${type.range}; `}default: `;
      assert.ok(help.includes(line), line);
    });
  }

  test('each have a line in docs/run-folder.md with values, default and flag', () => {
    const docs = readFileSync(packagePath('docs/run-folder.md'), 'utf8');
    const lines = trainingOptions.map(([, option]) => {
      const given = option.default !== undefined || option.defaultText !== undefined;
      const flag = option.flag === undefined ? '' : `\`${option.flag.split(' ')[0]}\``;
      return `| \`${option.path}\` | ${option.type.expected} | ${given ? defaultText(option) : ''} | ${flag} |`;
    });
    assert.ok(docs.includes(`\n${lines.join('\n')}\n`), lines.join('\n'));
  });

  test('have the same defaults in the help as in a configuration', () => {
    const live = configureTraining({ data: 'words', task: 'commands', preset: 'reference' }, null);
    const { augmentation, epochs } = pictureBase;
    assert.ok(
      help.includes(
        `default: ${base.augmentation.gainDb}; live tasks: ${live.augmentation.gainDb}; pictures: ${augmentation.gainDb})`,
      ),
    );
    assert.ok(help.includes(`; tiny: ${base.batchSize}; `) && help.includes(`reference: ${live.batchSize}, or all`));
    assert.ok(help.includes(`, cifar-vgg-16: ${epochs}; `));
    assert.ok(help.includes(`warm-up, at most half of the run (0 to 1000; default: ${base.schedule.warmupEpochs}; `));
    assert.ok(help.includes('default: off)'));
  });
});
