import { createInterface } from 'node:readline/promises';
import { Command, Option } from 'commander';
import { openMicrophone, RECORDER_NAMES, type RecorderName } from '../audio/index.js';
import { type RecordingDialogue, recordWord } from '../dataset/index.js';
import { UsageError } from '../error.js';
import { wholeNumber } from './whole-number.js';

interface RecordCommandOptions {
  readonly data: string;
  readonly speaker?: string;
  readonly takes: number;
  readonly keep?: boolean;
  readonly device?: string;
  readonly recorder?: RecorderName;
  readonly json?: boolean;
}

export function recordCommand(): Command {
  return new Command('record')
    .description('Record your own examples of a word into a dataset folder, one second each')
    .argument('<word>', 'what is said; names the folder of the clips')
    .requiredOption('--data <folder>', 'dataset, laid out as Speech Commands; made if it is not there (required)')
    .option('--speaker <id>', 'who speaks: letters, digits, hyphens (default: one made of your user name)')
    .option('--takes <n>', 'clips to record, 1 to 1000', wholeNumber(1, 1000), 5)
    .option('--keep', 'keep every take that passes the check, without asking (default: off)')
    .option('--device <name>', "the microphone (default: the system's)")
    .addOption(
      new Option('--recorder <name>', 'what records (default: the first that is installed)').choices(RECORDER_NAMES),
    )
    .option('--json', 'print one JSON object (default: a path a line)')
    .action(async (word: string, options: RecordCommandOptions) => {
      const { keep, device, recorder, json, ...rest } = options;
      if (!keep && !process.stdin.isTTY) {
        throw new UsageError('record: asks after every take, but stdin is no terminal (use --keep)');
      }
      const say = (text: string): void => void process.stderr.write(`${text}\n`);
      const open = () => openMicrophone({ device, recorder, onWarning: say });
      const dialogue: RecordingDialogue = {
        take: (number, total) => say(`${number} of ${total}: say '${word}' after the signal`),
        countdown: (seconds) => say(seconds > 0 ? `  ${seconds} …` : '  ● now'),
        fault: (text) => say(`  ${text} (once more)`),
        decide: keep ? async () => 'keep' : ask,
        saved: (path) => (json ? undefined : process.stdout.write(`${path}\n`)),
      };
      const result = await recordWord({ ...rest, word, open, dialogue });
      if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
    });
}

const ANSWERS = { '': 'keep', r: 'redo', q: 'quit' } as const;

const ask: RecordingDialogue['decide'] = async ({ levelDbfs, wordMs }) => {
  const answers = createInterface({ input: process.stdin, output: process.stderr });
  // without this, Ctrl-C would only end the question
  answers.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  // Ctrl-D answers no question, and would leave it open for ever
  const ended = new Promise<'q'>((resolve) => answers.once('close', () => resolve('q')));
  try {
    const heard = `${wordMs.toFixed(0)} ms at ${levelDbfs.toFixed(0).replace('-', '−')} dB`;
    for (;;) {
      const question = answers.question(`  ${heard}: Enter keeps it, r does it again, q ends `);
      const answer = (await Promise.race([question, ended])).trim().toLowerCase();
      if (answer in ANSWERS) return ANSWERS[answer as keyof typeof ANSWERS];
    }
  } finally {
    answers.close();
  }
};
