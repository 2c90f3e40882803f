import { emitKeypressEvents } from 'node:readline';

/** A terminal, or a pipe in its place. */
export type Keys = NodeJS.ReadableStream & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };

interface Keypress {
  readonly name?: string;
  readonly ctrl?: boolean;
}

export interface KeyboardOptions {
  /** Whether keys that come before their question answer it, as those of a pipe have to. */
  readonly typedAhead: boolean;
  /** Called on Ctrl-C, which a terminal that gives single keys does not handle itself. */
  readonly onInterrupt: () => void;
}

/** The name of the key that ends a line. */
export const ENTER = 'enter';

/** Asks questions that one key answers. On a terminal, it needs no Enter. */
export class Keyboard {
  private readonly early: string[] = [];
  /** The question that waits for its answer. */
  private open: { readonly keys: readonly string[]; readonly answer: (key: string | null) => void } | null = null;
  private over = false;
  private readonly restore = (): void => void this.input.setRawMode?.(false);

  constructor(
    private readonly input: Keys,
    private readonly output: NodeJS.WritableStream,
    private readonly options: KeyboardOptions,
  ) {
    emitKeypressEvents(input);
    if (input.isTTY === true) {
      input.setRawMode?.(true);
      process.once('exit', this.restore);
    }
    input.on('keypress', this.press);
    input.on('end', this.end);
    input.resume();
  }

  /**
   * Writes a question and returns the key that answers it, one of `keys`: a character, or `ENTER`. Other keys are
   * ignored. Returns null if the input has ended or Ctrl-D was pressed, and then also for every later question.
   */
  async ask(question: string, keys: readonly string[]): Promise<string | null> {
    this.output.write(question);
    const key = await this.answerOf(keys);
    this.output.write(key === null || key === ENTER ? '\n' : `${key}\n`);
    return key;
  }

  /** Gives the terminal back. */
  close(): void {
    this.input.off('keypress', this.press);
    this.input.off('end', this.end);
    if (this.input.isTTY === true) {
      this.restore();
      process.off('exit', this.restore);
    }
    this.input.pause();
  }

  private answerOf(keys: readonly string[]): Promise<string | null> {
    while (this.early.length > 0) {
      const key = this.early.shift()!;
      if (keys.includes(key)) return Promise.resolve(key);
    }
    if (this.over) return Promise.resolve(null);
    return new Promise((answer) => {
      this.open = { keys, answer };
    });
  }

  private readonly press = (character: string | undefined, { name, ctrl }: Keypress): void => {
    const key = name === 'return' || name === 'enter' ? ENTER : character;
    if (ctrl === true && name === 'c') this.options.onInterrupt();
    else if (ctrl === true && name === 'd') this.end();
    else if (key === undefined) return;
    else if (this.open?.keys.includes(key)) this.answer(key);
    else if (this.open === null && this.options.typedAhead) this.early.push(key);
  };

  private readonly end = (): void => {
    this.over = true;
    this.answer(null);
  };

  private answer(key: string | null): void {
    const { open } = this;
    this.open = null;
    open?.answer(key);
  }
}
