import type { Stage } from '../../../core/stage.js';
import { percentText } from '../../../core/text/index.js';
import { byId } from '../element.js';

/** Before that, an estimate would jump. */
const ESTIMATE_AFTER_MS = 700;

/** Returns a time that is left, as people say it. */
function leftText(seconds: number): string {
  if (seconds < 1.5) return 'a second left';
  if (seconds < 90) return `${Math.round(seconds)} s left`;
  return `${Math.round(seconds / 60)} min left`;
}

/** Shows how far a job of several stages is, in percent, and how long it will still take. */
export class WorkProgress {
  private readonly place = byId('board-work', 'div');
  private readonly bar = byId('board-progress', 'progress');
  /** Not announced by screen readers, which read the stage: it changes with every piece. */
  private readonly left = byId('board-left', 'span');
  private whole = 1;
  private before = 0;
  private began = 0;

  /** @param say called with the name of every stage */
  constructor(private readonly say: (stage: string) => void) {}

  /** Begins a job. @param whole the sum of what its stages count, but for stages that count 1 */
  begin(whole: number): void {
    [this.whole, this.before, this.began] = [whole, 0, 0];
    this.place.hidden = false;
    this.show(0);
  }

  end(): void {
    this.place.hidden = true;
  }

  readonly stage: Stage = (label, total) => {
    this.say(`${label[0].toUpperCase()}${label.slice(1)}…`);
    // a stage of one step takes a moment that nobody can foresee
    const counts = total > 1;
    // time counts from where the count begins
    if (counts && this.before === 0) this.began = performance.now();
    return {
      update: (done) => {
        if (counts) this.show(this.before + done);
      },
      stop: () => {
        if (counts) this.before += total;
      },
    };
  };

  private show(done: number): void {
    const share = Math.min(1, done / this.whole);
    this.bar.value = share;
    const elapsedMs = performance.now() - this.began;
    const isKnown = done > 0 && elapsedMs > ESTIMATE_AFTER_MS;
    const left = isKnown ? `, ${leftText(((elapsedMs / done) * (this.whole - done)) / 1000)}` : '';
    this.left.textContent = `${percentText(share, 0)}${left}`;
  }
}
