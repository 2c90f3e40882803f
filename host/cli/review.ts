import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { Player } from '../audio/index.js';
import { levelDbfs } from '../core/audio/index.js';
import type { KeptSound } from '../core/dataset/index.js';
import { RecordingError } from '../core/error.js';
import { clockText } from '../core/text/index.js';
import {
  type Decision,
  damagedText,
  type ReviewDialogue,
  type ReviewResult,
  reviewSounds,
  SoundJournal,
} from '../dataset/index.js';
import { defaultModelPath, packagePath } from '../system/index.js';
import { Keyboard } from './keyboard.js';
import { nextText } from './next-command.js';

interface ReviewCommandOptions {
  readonly all?: boolean;
  readonly json?: boolean;
}

const QUESTION = '  [r]ight  [w]rong word  [n]ot a word  [d]elete  [a]gain  [s]kip  [q]uit: ';
const DECISIONS: Readonly<Record<string, Exclude<Decision['kind'], 'wrong word'>>> = {
  r: 'right',
  n: 'not a word',
  d: 'delete',
  s: 'skip',
  q: 'quit',
};
const KEYS = [...'rwndasq'];
/** The keys of the model's words, more than any task has; 0 goes back. */
const WORD_KEYS = [...'123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const BACK = '0';

export function reviewCommand(): Command {
  return new Command('review')
    .description('Play the sounds that `listen --keep` has kept, and say what each is, to train with them')
    .argument('<folder>', 'folder of kept sounds')
    .option('--all', 'review every sound again, not only those without a verdict (default: off)')
    .option('--json', 'print the counts as one JSON object (default: text)')
    .action(async (folder: string, { all, json }: ReviewCommandOptions) => {
      const journal = await SoundJournal.open(folder);
      const say = (text: string): void => void process.stderr.write(`${text}\n`);
      for (const text of damagedText(folder, journal.damaged)) say(text);
      const { sounds } = journal;
      if (all !== true && sounds.every(({ review }) => review !== undefined)) {
        say(
          sounds.length === 0
            ? `${folder}: has no sound`
            : `${folder}: every sound has a verdict; --all asks about each again`,
        );
      }
      const player = new Player(say);
      const { stdin } = process;
      // what a pipe gives comes before the questions
      const options = { typedAhead: !stdin.isTTY, onInterrupt: () => void process.kill(process.pid, 'SIGINT') };
      const keyboard = new Keyboard(stdin, process.stderr, options);
      try {
        const result = await reviewSounds(journal, dialogueOf(keyboard, player, say), { all });
        process.stdout.write(json ? `${JSON.stringify(result)}\n` : resultText(result, sounds));
      } finally {
        player.stop();
        keyboard.close();
        journal.close();
      }
    });
}

function dialogueOf(keyboard: Keyboard, player: Player, say: (text: string) => void): ReviewDialogue {
  const play = (path: string): void => player.play(path);
  return {
    show: (sound, { number, total }, samples) => {
      const picture = samples instanceof RecordingError ? samples.message : `▕${levelPicture(samples)}▏`;
      say(`${number} of ${total}  ${soundText(sound)}\n  ${picture}`);
    },
    play,
    decide: async (sound, path) => {
      for (;;) {
        const key = (await keyboard.ask(QUESTION, KEYS)) ?? 'q';
        if (key === 'a') play(path);
        else if (key !== 'w') return { kind: DECISIONS[key] };
        else {
          const said = await askWord(keyboard, sound);
          if (said !== null) return { kind: 'wrong word', said };
        }
      }
    },
  };
}

/** Asks which of the other words of the model was said; null for none. */
async function askWord(keyboard: Keyboard, { model, word }: KeptSound): Promise<string | null> {
  const words = model.words.filter((other) => other !== word).slice(0, WORD_KEYS.length);
  const choices = [...words.map((other, k) => `${WORD_KEYS[k]} ${other}`), `${BACK} none of these:`];
  const question = `${inColumns(['which word?', ...choices])} `;
  const key = await keyboard.ask(question, [...WORD_KEYS.slice(0, words.length), BACK]);
  return key === null || key === BACK ? null : words[WORD_KEYS.indexOf(key)];
}

const WIDTH = 78;

/** Returns texts in lines that are indented and fit on a terminal. */
function inColumns(texts: readonly string[]): string {
  const lines = [''];
  for (const text of texts) {
    if (lines[lines.length - 1].length + 2 + text.length > WIDTH) lines.push('');
    lines[lines.length - 1] += `  ${text}`;
  }
  return lines.join('\n');
}

/** Returns a sound as a line of text. */
function soundText({ kind, word, score, threshold, timeMs, review }: KeptSound): string {
  const what = kind === 'detection' ? 'detected' : 'nearly detected';
  const before = review === undefined ? '' : `  (${review.verdict === 'wrong word' ? review.said : review.verdict})`;
  return `${clockText(timeMs)}  ${word} ${what}  ${score.toFixed(2)}, threshold ${threshold.toFixed(2)}${before}`;
}

const HEIGHTS = [...' ▁▂▃▄▅▆▇█'];
const COLUMNS = 50;
const QUIETEST_DBFS = -60;

/** Returns the level of a sound over time, from −60 dBFS to full scale, as a line of blocks. */
export function levelPicture(samples: Int16Array): string {
  return Array.from({ length: COLUMNS }, (_, k) => {
    const [from, to] = [k, k + 1].map((n) => Math.round((n * samples.length) / COLUMNS));
    const height = 1 - Math.min(1, levelDbfs(samples, from, to) / QUIETEST_DBFS);
    return HEIGHTS[Math.round(height * (HEIGHTS.length - 1))];
  }).join('');
}

/** Returns the counts, and the commands that use them. */
function resultText(
  { folder, verdicts, unreviewed, deleted, gone }: ReviewResult,
  sounds: readonly KeptSound[],
): string {
  const reviewed = Object.values(verdicts).reduce((sum, count) => sum + count, 0);
  const counts = Object.entries(verdicts).map(([verdict, count]) => `${count} ${verdict}`);
  const others = [
    ...(unreviewed > 0 ? [`${unreviewed} without a verdict`] : []),
    ...(deleted > 0 ? [`${deleted} deleted`] : []),
    ...(gone > 0 ? [`${gone} without a recording`] : []),
  ];
  const told = `${folder}: ${[...counts, ...others].join(', ')}\n`;
  return reviewed === 0 ? told : told + nextText(furtherTrainings(folder, sounds));
}

/** A model of more words is hardly one of wake words. */
const MOST_WAKE_WORDS = 4;

/** Returns commands that train the model further that kept the sounds, with what only the user knows in capitals. */
function furtherTrainings(folder: string, sounds: readonly KeptSound[]): (readonly string[])[] {
  const end = ['--mistakes', folder, '--out', 'NEW'];
  const bundled = createHash('sha256').update(readFileSync(defaultModelPath())).digest('hex');
  if (sounds.some(({ model }) => model.sha256 === bundled)) {
    const begun = ['--task', 'commands', '--from', packagePath('models/commands.safetensors')];
    return [['train', '--data', 'RECORDINGS', ...begun, '--epochs', '5', ...end]];
  }
  const { words } = sounds[0].model;
  const again = ['--config', 'RUN/config.json', '--from', 'RUN/best.safetensors', '--epochs', '5'];
  const wake = ['train', '--wake-word', words.join(','), '--data', 'RECORDINGS', ...end];
  return [['train', ...again, ...end], ...(words.length <= MOST_WAKE_WORDS ? [wake] : [])];
}
