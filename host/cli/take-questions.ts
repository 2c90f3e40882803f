import { createInterface, type Interface } from 'node:readline/promises';
import type { RecordingDialogue } from '../dataset/index.js';

const ANSWERS = { '': 'keep', r: 'redo', q: 'quit' } as const;
/** The key that empties the line in readline. */
const EMPTY_LINE = { ctrl: true, name: 'u' } as const;

/**
 * Asks what to do with a take. Listens to the keyboard for the whole session, so that keys typed before the question,
 * for example while the speaker waits for the signal, do not answer it.
 */
export class TakeQuestions {
  private readonly answers: Interface;
  /** Resolves when the input ends: Ctrl-D does not answer a question, which would then stay open for ever. */
  private readonly ended: Promise<'q'>;
  private over = false;

  constructor(
    input: NodeJS.ReadableStream,
    private readonly output: NodeJS.WritableStream,
    onInterrupt: () => void,
  ) {
    this.answers = createInterface({ input, output });
    // Without this, Ctrl-C would only end the question.
    this.answers.once('SIGINT', () => {
      output.write('\n');
      onInterrupt();
    });
    this.ended = new Promise((resolve) =>
      this.answers.once('close', () => {
        this.over = true;
        resolve('q');
      }),
    );
  }

  readonly decide: RecordingDialogue['decide'] = async ({ levelDbfs, wordMs }) => {
    const heard = `${wordMs.toFixed(0)} ms at ${levelDbfs.toFixed(0).replace('-', '−')} dB`;
    while (!this.over) {
      if (this.answers.terminal) this.answers.write(null, EMPTY_LINE);
      const question = this.answers.question(`  ${heard}: Enter keeps it, r records it again, q quits `);
      const answer = (await Promise.race([question, this.ended])).trim().toLowerCase();
      // No Enter has ended the line of the question.
      if (this.over) this.output.write('\n');
      if (answer in ANSWERS) return ANSWERS[answer as keyof typeof ANSWERS];
    }
    return 'quit';
  };

  close(): void {
    this.answers.close();
  }
}
