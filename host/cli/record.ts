import { Command, Option } from 'commander';
import { openMicrophone, RECORDER_NAMES, type RecorderName } from '../audio/index.js';
import { SPLITS, type Split } from '../core/dataset/index.js';
import { UsageError } from '../core/error.js';
import { openDataset, type RecordingDialogue, recordWord } from '../dataset/index.js';
import { firstTrainings } from './first-training.js';
import { nextText } from './next-command.js';
import { TakeQuestions } from './take-questions.js';
import { say } from './terminal.js';
import { wholeNumber } from './whole-number.js';

interface RecordCommandOptions {
  readonly data: string;
  readonly speaker?: string;
  readonly split?: Split;
  readonly takes: number;
  readonly keep?: boolean;
  readonly device?: string;
  readonly recorder?: RecorderName;
  readonly json?: boolean;
}

export function recordCommand(): Command {
  return new Command('record')
    .description('Record your own examples of a word into a dataset folder, one second each')
    .argument('<word>', 'word to record; also the name of the folder for its clips')
    .requiredOption(
      '--data <folder>',
      'dataset, laid out like Speech Commands; created if it does not exist (required)',
    )
    .option(
      '--speaker <id>',
      'id of the speaker: letters, digits and hyphens (default: an id made from your user name)',
    )
    .addOption(
      new Option(
        '--split <split>',
        'split for your clips; your speaker id is made from your user name so that its hash falls in this split (default: training)',
      ).choices(SPLITS),
    )
    .option('--takes <n>', 'clips to record, 1 to 1000', wholeNumber(1, 1000), 5)
    .option('--keep', 'keep every take that passes the check, without asking (default: off)')
    .option('--device <name>', "microphone to use (default: the system's)")
    .addOption(
      new Option('--recorder <name>', 'recorder to use (default: the first one that is installed)').choices(
        RECORDER_NAMES,
      ),
    )
    .option('--json', 'print one JSON object (default: one path per line)')
    .action(async (word: string, options: RecordCommandOptions) => {
      const { keep, device, recorder, json, ...rest } = options;
      if (!keep && !process.stdin.isTTY) {
        throw new UsageError(
          'record: cannot ask whether to keep each take, because stdin is not a terminal (use --keep)',
        );
      }
      const open = () => openMicrophone({ device, recorder, onWarning: say });
      const interrupt = (): void => void process.kill(process.pid, 'SIGINT');
      const questions = keep ? null : new TakeQuestions(process.stdin, process.stderr, interrupt);
      const dialogue: RecordingDialogue = {
        take: (number, total) => say(`${number} of ${total}: say '${word}' after the signal`),
        countdown: (seconds) => say(seconds > 0 ? `  ${seconds} …` : '  ● now'),
        fault: (text) => say(`  ${text} (try again)`),
        decide: questions === null ? async () => 'keep' : questions.decide,
        saved: (path) => (json ? undefined : process.stdout.write(`${path}\n`)),
      };
      try {
        const result = await recordWord({ ...rest, word, open, dialogue });
        if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
        const { files, speaker, split } = result;
        const clips = files.length === 1 ? 'clip' : 'clips';
        say(`${rest.data}: ${files.length} ${clips} of '${word}' by ${speaker}, for ${split}`);
        if ((rest.split ?? 'training') !== 'training') {
          say('  (if your voice is in training too, results on these clips hold for your voice, not for other voices)');
        }
        // stdout has the paths of the clips, for other programs
        if (!json && files.length > 0) {
          const trainings = firstTrainings(openDataset(rest.data), rest.data);
          process.stderr.write(nextText([['dataset', 'info', rest.data], ...trainings]));
        }
      } finally {
        questions?.close();
      }
    });
}
