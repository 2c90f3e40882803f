import type { Patience } from './generated.js';
import type { Packet } from './packet.js';

/** One request: sent again until it is answered, and given up after its tries. */
export class Exchange {
  /** Resolves to the answer, or rejects with the error of `fail` or `giveUp`. */
  readonly answer: Promise<Packet>;
  private resolve: (answer: Packet) => void = () => {};
  private reject: (error: Error) => void = () => {};
  private timer: ReturnType<typeof setTimeout> | undefined;
  private sent = 0;
  private hurried = 0;

  constructor(
    readonly kind: number,
    readonly id: number,
    private readonly patience: Patience,
    private readonly write: () => void,
    private readonly giveUp: () => Error,
  ) {
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** Sends the request, or gives up if it has been sent often enough. */
  send(): void {
    clearTimeout(this.timer);
    if (this.sent === this.patience.tries) {
      this.reject(this.giveUp());
      return;
    }
    this.sent += 1;
    this.timer = setTimeout(() => this.send(), this.patience.waitMs);
    this.write();
  }

  /**
   * Sends the request at once and starts its wait again: the board has just started and knows nothing of what was sent
   * before. Does this at most as often as there are tries, so that a board that keeps restarting is given up in the
   * end.
   */
  hurry(): void {
    if (this.hurried === this.patience.tries) return;
    this.hurried += 1;
    this.sent -= 1;
    this.send();
  }

  succeed(answer: Packet): void {
    clearTimeout(this.timer);
    this.resolve(answer);
  }

  fail(error: Error): void {
    clearTimeout(this.timer);
    this.reject(error);
  }
}
