import { Command, Option } from 'commander';
import { SPLITS, type Split } from '../core/dataset/index.js';
import { COEFFICIENTS } from '../core/features/index.js';
import { staged } from '../core/stage.js';
import { bytesText, countText, wrapText } from '../core/text/index.js';
import { openDataset, ownTask, packSamples, taskExamples, taskOn } from '../dataset/index.js';
import { encodeFeatureSet, extractFeatures, featureDigest, fitOnPack } from '../features/index.js';
import { writeFileAtomically } from '../system/index.js';
import { nextText } from './next-command.js';
import { progressBar } from './progress.js';
import { threadsOption } from './threads-option.js';
import { wholeNumber } from './whole-number.js';

interface FeaturesOptions {
  readonly task?: string;
  readonly split: Split;
  readonly frames: string;
  readonly seed: number;
  readonly threads: number;
  readonly out: string;
  readonly resample?: boolean;
  readonly json?: boolean;
}

export function featuresCommand(): Command {
  return new Command('features')
    .description(
      'Compute the int8 features of one split of a dataset, normalised with the statistics of its training split',
    )
    .argument('<folder>', 'recordings, laid out like Speech Commands: WORD/SPEAKER_nohash_N.wav')
    .option(
      '--task <task>',
      'gsc-17, gsc-12, gsc-35, or words such as yes,no,_unknown_,_silence_ (default: gsc-17 if the folder has its ' +
        'words, otherwise the words of the folder)',
    )
    .addOption(new Option('--split <split>', 'clips to use').choices(SPLITS).default('training'))
    .addOption(
      new Option('--frames <n>', 'frames per clip; 48 leaves out the last one').choices(['49', '48']).default('49'),
    )
    .option(
      '--seed <n>',
      'seed for drawing the _unknown_ and _silence_ clips, a whole number',
      wholeNumber(0, 2 ** 32 - 1),
      1,
    )
    .addOption(threadsOption('does not affect the features'))
    .option('--resample', 'convert recordings that are not at 16 kHz instead of refusing them (default: off)')
    .requiredOption('--out <file>', 'file to write, in the safetensors format (required)')
    .option('--json', 'print the result as one JSON object (default: text)')
    .action(async (folder: string, options: FeaturesOptions) => {
      const { seed, split, threads, resample } = options;
      const frames = Number(options.frames);
      const dataset = openDataset(folder);
      const task = taskOn(dataset, options.task ?? ownTask(dataset));
      const pack = (which: Split) => {
        const examples = taskExamples(dataset, task, which, seed);
        return staged(progressBar, `reading ${which} clips`, examples.length, (onProgress) =>
          packSamples(dataset, examples, { onProgress, resample }),
        );
      };
      const training = await pack('training');
      const parameters = await staged(progressBar, 'fitting features', training.count, (onProgress) =>
        fitOnPack(training, frames, { threads, onProgress }),
      );
      const clips = split === 'training' ? training : await pack(split);
      const features = await staged(progressBar, 'features', clips.count, (onProgress) =>
        extractFeatures(clips, parameters, { threads, onProgress }),
      );
      training.close();
      if (clips !== training) clips.close();
      const set = { task: task.name, split, labels: task.labels, parameters, features };
      const bytes = encodeFeatureSet({ ...set, clipLabels: clips.labels, names: clips.names });
      writeFileAtomically(options.out, bytes);
      const summary = {
        task: task.name,
        split,
        clips: clips.count,
        frames,
        coefficients: COEFFICIENTS,
        parameters,
        digest: featureDigest(features),
        file: options.out,
        bytes: bytes.length,
      };
      if (options.json) {
        process.stdout.write(`${JSON.stringify(summary)}\n`);
        return;
      }
      const { mean, multiplier } = parameters;
      const lines = [
        `${countText(clips.count)} ${split} clips of ${task.name.replaceAll(',', ', ')}, ` +
          `${frames} × ${COEFFICIENTS} int8 features each`,
        `mean        ${mean.join(' ')} (12 fraction bits)`,
        `multiplier  ${multiplier.join(' ')} (16 fraction bits)`,
        `SHA-256     ${summary.digest}`,
        `written     ${options.out}, ${bytesText(bytes.length)}`,
      ];
      const train = ['train', '--data', folder, '--task', task.name, '--out', 'runs/NAME'];
      process.stdout.write(`${wrapText(lines.join('\n'))}\n${nextText([train])}`);
    });
}
