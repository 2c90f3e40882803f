import { createInterface, type Interface } from 'node:readline/promises';
import type { RecordingDialogue } from '../dataset/index.js';

const ANSWERS = { '': 'keep', r: 'redo', q: 'quit' } as const;
/** What readline takes for the key that empties the line. */
const EMPTY_LINE = { ctrl: true, name: 'u' } as const;

/**
 * Asks what shall become of a take. Listens to the keyboard as long as takes are recorded, so that what is typed before
 * the question, while somebody waits for the signal, is no answer to it.
 */
export class TakeQuestions {
  private readonly answers: Interface;
  /** Ctrl-D answers no question, and would leave it open for ever. */
  private readonly ended: Promise<'q'>;
  private over = false;

  constructor(
    input: NodeJS.ReadableStream,
    private readonly output: NodeJS.WritableStream,
    onInterrupt: () => void,
  ) {
    this.answers = createInterface({ input, output });
    // without this, Ctrl-C would only end the question
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
      const question = this.answers.question(`  ${heard}: Enter keeps it, r does it again, q ends `);
      const answer = (await Promise.race([question, this.ended])).trim().toLowerCase();
      // the line of the question has not been ended by an Enter
      if (this.over) this.output.write('\n');
      if (answer in ANSWERS) return ANSWERS[answer as keyof typeof ANSWERS];
    }
    return 'quit';
  };

  close(): void {
    this.answers.close();
  }
}
