import type { RecordingDialogue } from '../dataset/index.js';
import { ENTER, Keyboard, type Keys } from './keyboard.js';

const ANSWERS = { [ENTER]: 'keep', r: 'redo', R: 'redo', q: 'quit', Q: 'quit' } as const;

/**
 * Asks what to do with a take. Listens to the keyboard for the whole session, so that keys typed before the question,
 * for example while the speaker waits for the signal, do not answer it.
 */
export class TakeQuestions {
  private readonly keyboard: Keyboard;

  constructor(input: Keys, output: NodeJS.WritableStream, onInterrupt: () => void) {
    this.keyboard = new Keyboard(input, output, { typedAhead: false, onInterrupt });
  }

  readonly decide: RecordingDialogue['decide'] = async ({ levelDbfs, wordMs }) => {
    const heard = `${wordMs.toFixed(0)} ms at ${levelDbfs.toFixed(0).replace('-', '−')} dB`;
    const question = `  ${heard}: Enter keeps it, r records it again, q quits `;
    const key = await this.keyboard.ask(question, Object.keys(ANSWERS));
    return key === null ? 'quit' : ANSWERS[key as keyof typeof ANSWERS];
  };

  close(): void {
    this.keyboard.close();
  }
}
