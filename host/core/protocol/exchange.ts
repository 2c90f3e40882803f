import type { Patience } from './generated.js';
import type { Packet } from './packet.js';

/** One request: sent again and again until it is settled, and given up after its tries. */
export class Exchange {
  /** The answer, or what `fail` and `giveUp` said. */
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

  /** Sends the request, or gives up if that has been done often enough. */
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
   * Sends the request at once, with all of its time before it: the board has just started, and knows nothing of what
   * was sent before. As often as there are tries, so that a board that starts again and again is given up in the end.
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
