import type { Command } from 'commander';
import { UsageError } from '../core/error.js';
import { fewVoicesWarning, voicesText } from '../core/statistics/index.js';
import { countText, percentText, wrapText } from '../core/text/index.js';
import { wakeWordName } from '../core/wakeword/index.js';
import { expandHome } from '../system/index.js';
import { trainWakeWords, type WakeWordResult } from '../training/index.js';
import { nextText } from './next-command.js';
import { otherOptions } from './other-options.js';
import { progressBar } from './progress.js';

/** What may be given together with --wake-word. */
const ALLOWED = ['wakeWord', 'data', 'out', 'from', 'mistakes', 'resample', 'seed', 'epochs', 'threads', 'json'];

/** A word that is missed more often than this is of no use. */
const SELDOM = 0.5;

interface WakeWordOptions {
  readonly data?: string;
  readonly out?: string;
  readonly from?: string;
  readonly mistakes?: readonly string[];
  readonly resample?: boolean;
  readonly seed?: number;
  readonly epochs?: number;
  readonly threads?: number;
  readonly json?: boolean;
}

/** Runs `train --wake-word`: makes a model for a few words from a few recordings. */
export async function trainWakeWord(list: string, command: Command): Promise<void> {
  const words = list.split(',').map((word) => word.trim());
  const others = otherOptions(command, ALLOWED);
  if (others !== '') throw new UsageError(`train: --wake-word has settings of its own; leave out ${others}`);
  const { data, json, out = wakeWordName(words), ...options } = command.opts<WakeWordOptions>();
  if (data === undefined) {
    throw new UsageError(
      `train: --data is missing; give the folder that has a folder ${words[0]} with recordings (\`spikeword record\` and \`spikeword dataset import\` make one)`,
    );
  }
  const result = await trainWakeWords({
    ...options,
    words,
    data: expandHome(data),
    out: expandHome(out),
    stage: progressBar,
  });
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : wakeWordText(result));
}

/** Returns what is known of a wake word, what is not, and how to use it. */
export function wakeWordText({
  words,
  model,
  trained,
  heldOut,
  others,
  mistakes,
  outcome,
  rate,
}: WakeWordResult): string {
  const { missRate, otherWords, ambientHours, falseAccepts } = outcome;
  const minutes = Math.round(60 * ambientHours);
  const heard =
    missRate === null
      ? ['too few recordings to keep some for a check: how often it hears you was not measured']
      : [
          `heard ${percentText(1 - missRate, 0)} of copies of ${voicesText(heldOut)} that were not trained on: louder and ` +
            'quieter, some in rooms, all in noise 10 to 30 dB below the voice',
          ...(missRate > SELDOM
            ? ['that is too seldom: record the word more often, in the room and with the microphone that it is for']
            : []),
        ];
  const lines = [
    `${words.join(', ')}: trained on ${voicesText(trained)}${others === 0 ? '' : `, and ${countText(others)} clips of other words`}`,
    ...(mistakes.words + mistakes.falseAccepts === 0
      ? []
      : [
          `among them ${countText(mistakes.words)} reviewed sounds of the words and ${countText(mistakes.falseAccepts)} false accepts`,
        ]),
    ...heard,
    `tuned for ${rate} false accepts an hour of speech and noise; ${countText(falseAccepts.words)} in ${countText(otherWords)} other ` +
      `words and ${countText(falseAccepts.ambient)} in ${minutes} minutes of speech and noise, too little to prove so low a rate`,
    ...knownText(trained, heldOut),
    model,
  ];
  const next = nextText([
    ['listen', model],
    ['flash', model],
  ]);
  return `${wrapText(lines.join('\n'))}\n${next}`;
}

/** Returns whom these recordings speak for. */
function knownText(trained: WakeWordResult['trained'], heldOut: WakeWordResult['heldOut']): string[] {
  const clips = trained.clips + heldOut.clips;
  const speakers =
    trained.speakers === null || heldOut.speakers === null ? null : Math.max(trained.speakers, heldOut.speakers);
  if (speakers === 1) return [`${countText(clips)} clips of one voice: this hears you; others were not measured`];
  const warning = fewVoicesWarning({ clips, speakers });
  return warning === null ? [] : [warning];
}
