import { clockText } from '../../../core/text/index.js';
import { MicrophoneError } from '../audio/capture.js';
import { make } from '../element.js';
import type { Recorder } from './recorder.js';

/** A press that is shorter begins the countdown. */
const TAP_MS = 350;
const COUNTDOWN = 3;
const COUNT_MS = 700;
/** A button is let go a little before the end of a word. */
const TAIL_MS = 200;
/** A recording takes at most so long. */
const LONGEST_MS = 60_000;
const SILENT_DB = -60;

type State = 'idle' | 'opening' | 'counting' | 'recording';

export interface HoldOptions {
  /** What the button says when it does nothing. */
  readonly text: string;
  /** After a countdown, a recording ends by itself after so long; null: when the button is pressed again. */
  readonly takeMs: number | null;
  /** Returns why nothing can be recorded now, or null. */
  readonly refusal: () => string | null;
  readonly onTake: (samples: Int16Array) => void;
  readonly onFault: (fault: string | null) => void;
}

/**
 * A button that records while it is held, with the mouse, a finger, the space bar or Enter. A short press counts down
 * from three and records then, for people who cannot hold a button, and for screen readers, which only press.
 */
export class HoldButton {
  readonly button: HTMLButtonElement;
  /** Shows the countdown and the level; hidden when nothing is recorded. */
  readonly display: HTMLElement;
  private readonly count = make('span', { className: 'take-count' });
  private readonly meter = make('meter', { min: SILENT_DB, max: 0, low: -50, optimum: -20, value: SILENT_DB });
  private readonly said = make('p', { className: 'unseen' });
  private state: State = 'idle';
  private pressed = 0;
  private isHeld = false;
  /** Counts the presses, so that what an earlier one began notices that it is over. */
  private turn = 0;

  constructor(
    private readonly recorder: Recorder,
    private readonly options: HoldOptions,
  ) {
    this.button = make('button', { type: 'button', className: 'hold', textContent: options.text });
    this.meter.ariaLabel = 'Level';
    this.said.setAttribute('role', 'status');
    this.display = make('div', { className: 'take', hidden: true }, this.count, this.meter);
    const { button } = this;
    button.after(this.said);
    button.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      // no event must be lost if the pointer leaves the button
      button.setPointerCapture(event.pointerId);
      void this.press();
    });
    for (const type of ['pointerup', 'pointercancel'] as const)
      button.addEventListener(type, () => void this.release());
    button.addEventListener('contextmenu', (event) => event.preventDefault());
    button.addEventListener('keydown', (event) => {
      if (event.key !== ' ' && event.key !== 'Enter') return;
      event.preventDefault();
      if (!event.repeat) void this.press();
    });
    button.addEventListener('keyup', (event) => {
      if (event.key !== ' ' && event.key !== 'Enter') return;
      event.preventDefault();
      void this.release();
    });
    button.addEventListener('blur', () => void this.release());
    button.addEventListener('click', (event) => {
      // a screen reader clicks without a pointer or a key
      if (event.detail === 0 && !this.isHeld) void this.press().then(() => this.release());
    });
  }

  /** Announces a text to screen readers. */
  get status(): HTMLElement {
    return this.said;
  }

  private async press(): Promise<void> {
    this.isHeld = true;
    this.pressed = performance.now();
    if (this.state === 'recording') return this.finish();
    if (this.state !== 'idle') return this.abandon();
    const refusal = this.options.refusal();
    this.options.onFault(refusal);
    if (refusal !== null) return;
    const turn = ++this.turn;
    this.show('opening');
    try {
      await this.recorder.open();
    } catch (error) {
      this.show('idle');
      if (!(error instanceof MicrophoneError)) throw error;
      this.options.onFault(error.message.replaceAll('press Listen', 'record').replaceAll('Press Listen', 'Record'));
      return;
    }
    if (turn !== this.turn) return;
    if (this.isHeld) this.record(turn);
    else await this.countDown(turn);
  }

  private async release(): Promise<void> {
    if (!this.isHeld) return;
    this.isHeld = false;
    if (this.state !== 'recording') return;
    if (performance.now() - this.pressed >= TAP_MS) {
      const { turn } = this;
      await wait(TAIL_MS);
      if (turn === this.turn) this.finish();
    } else {
      this.recorder.end();
      await this.countDown(++this.turn);
    }
  }

  private async countDown(turn: number): Promise<void> {
    this.show('counting');
    for (let left = COUNTDOWN; left > 0; left--) {
      this.count.textContent = String(left);
      this.said.textContent = String(left);
      await wait(COUNT_MS);
      if (turn !== this.turn) return;
    }
    this.record(turn);
    if (this.options.takeMs === null) return;
    await wait(this.options.takeMs);
    if (turn === this.turn) this.finish();
  }

  private record(turn: number): void {
    this.recorder.begin();
    this.show('recording');
    this.said.textContent = 'Speak';
    window.setTimeout(() => {
      if (turn === this.turn && this.state === 'recording') this.finish();
    }, LONGEST_MS);
  }

  private finish(): void {
    this.turn++;
    const samples = this.recorder.end();
    this.show('idle');
    this.options.onTake(samples);
  }

  private abandon(): void {
    this.turn++;
    this.recorder.end();
    this.show('idle');
  }

  private show(state: State): void {
    this.state = state;
    this.display.hidden = state === 'idle';
    this.button.classList.toggle('recording', state === 'recording');
    const texts: Record<State, string> = {
      idle: this.options.text,
      opening: 'Opening the microphone…',
      counting: 'Get ready…',
      recording: this.isHeld ? 'Recording: let go to end' : this.options.takeMs === null ? 'Stop' : 'Recording',
    };
    this.button.textContent = texts[state];
    if (state === 'opening') this.count.textContent = '';
    if (state === 'recording') this.follow();
  }

  /** Shows level and time while something is recorded. */
  private follow(): void {
    if (this.state !== 'recording') return;
    if (!this.recorder.isOpen) {
      this.abandon();
      return;
    }
    this.meter.value = Math.max(SILENT_DB, 20 * Math.log10(Math.max(this.recorder.level, 1e-9)));
    this.count.textContent = clockText(1000 * this.recorder.seconds);
    requestAnimationFrame(() => this.follow());
  }
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => window.setTimeout(resolve, ms));
