import type { ConnectedBoard } from '../../../core/board/index.js';
import type { Detection } from '../../../core/detection/index.js';
import { type BoardHearing, decodeDetected, EVENT } from '../../../core/protocol/index.js';
import { PROBABILITY_ONE } from '../../../core/quantization/index.js';
import { clockText, countText } from '../../../core/text/index.js';
import { onThemeChange, reducedMotion } from '../drawing/theme.js';
import { byId, make } from '../element.js';
import { labelText, percent } from '../figures.js';
import type { LoadedModel } from '../model.js';
import type { Page } from '../page.js';
import { type ShownClasses, shownClasses } from '../shown-classes.js';
import { drawResultStrip } from './result-strip.js';
import { Twins } from './twins.js';

/** How often a board that listens alone is asked how much it has heard. */
const ASK_MS = 500;
/** Words of the board's own microphone that are listed. */
const MOST_WORDS = 8;
/** Time between pictures if the user prefers reduced motion. */
const REDUCED_PICTURE_MS = 1000;
/** A delay of the board that is worth a word, in seconds. */
const LATE_SECONDS = 0.5;

interface Strip extends ShownClasses {
  readonly threshold: number | null;
  readonly page: HTMLCanvasElement;
  readonly board: HTMLCanvasElement;
}

/** The page and the board side by side: both hear the page's sound, or the board hears its own microphone. */
export class BesidePanel {
  /** Called when it begins or ends by itself, with what went wrong or null. */
  onChange: (fault: unknown) => void = () => {};
  private readonly place = byId('beside', 'section');
  private readonly start = byId('beside-start', 'button');
  private readonly pageSound = byId('sound-of-page', 'input');
  private readonly ownSound = byId('sound-of-board', 'input');
  private readonly note = byId('beside-note', 'p');
  private readonly sign = byId('equal-sign', 'p');
  private readonly count = byId('equal-count', 'strong');
  private readonly meaning = byId('equal-meaning', 'span');
  private readonly strips = byId('beside-strips', 'ol');
  private readonly words = byId('board-words', 'ol');
  private rows: readonly Strip[] = [];
  private twins: Twins | null = null;
  private alone: ConnectedBoard | null = null;
  private timer = 0;
  private drawn = '';
  private pictured = 0;

  constructor(page: Page) {
    page.onSound((samples) => this.twins?.push(samples));
    onThemeChange(() => {
      this.drawn = '';
    });
  }

  /** Whether the board is busy with this. */
  get isRunning(): boolean {
    return this.twins !== null || this.alone !== null;
  }

  /** Shows or hides the panel; `hearing` says whether the board has a microphone. */
  show(ready: boolean, hearing: BoardHearing | null): void {
    this.place.hidden = !ready;
    const hasMicrophone = hearing?.microphone === true;
    this.ownSound.disabled = !hasMicrophone || this.isRunning;
    this.pageSound.disabled = this.isRunning;
    if (!hasMicrophone) this.pageSound.checked = true;
    this.start.textContent = this.isRunning ? 'Stop' : 'Start';
    this.start.classList.toggle('stop', this.isRunning);
    if (!ready || this.isRunning) return;
    this.note.textContent = hasMicrophone
      ? 'Both hear the same sound from the same sample on, or the board listens alone.'
      : 'Both hear the same sound from the same sample on. This board has no microphone of its own.';
  }

  /** Begins with the sound that is chosen. Throws what the board's requests throw. */
  async begin(board: ConnectedBoard, model: LoadedModel): Promise<void> {
    this.clear();
    if (this.ownSound.checked) await this.beginAlone(board);
    else await this.beginTwins(board, model);
  }

  /** Ends it, if it runs. Throws what the board's requests throw. */
  async end(): Promise<void> {
    const { twins, alone } = this;
    this.stop();
    await twins?.end();
    if (alone !== null) await alone.client.listen('off');
  }

  /** Forgets what was compared. */
  clear(): void {
    this.sign.hidden = true;
    this.words.replaceChildren();
    this.words.hidden = true;
    this.strips.hidden = true;
  }

  private stop(): void {
    const { alone } = this;
    if (this.twins !== null) this.write(this.twins);
    if (alone !== null) alone.client.link.onEvent = () => {};
    this.twins = null;
    this.alone = null;
    window.clearInterval(this.timer);
  }

  private fail(error: unknown): void {
    this.stop();
    this.onChange(error);
  }

  private async beginTwins(board: ConnectedBoard, model: LoadedModel): Promise<void> {
    const twins = await Twins.begin(board, model);
    this.twins = twins;
    twins.onFault = (error) => this.fail(error);
    this.layOut(model);
    this.sign.hidden = false;
    this.strips.hidden = false;
    this.note.textContent = 'Listen, play an example or open a recording above: the board hears it too.';
    requestAnimationFrame(this.draw);
  }

  private async beginAlone(board: ConnectedBoard): Promise<void> {
    const { client } = board;
    await client.listen('on');
    this.alone = board;
    this.words.hidden = false;
    client.link.onEvent = ({ kind, body }) => {
      if (kind === EVENT.detected) this.heardAlone(decodeDetected(body));
    };
    this.note.textContent = 'The board listens with its own microphone.';
    this.timer = window.setInterval(() => void this.ask(board), ASK_MS);
  }

  private async ask(board: ConnectedBoard): Promise<void> {
    try {
      const { heard, lost, listening } = await board.client.listen('ask');
      if (this.alone !== board) return;
      const lostText = lost === 0 ? '' : `, and lost ${clockText(lost / 16)}: it is too slow for this model`;
      this.note.textContent = listening
        ? `The board listens with its own microphone. It has heard ${clockText(heard / 16)}${lostText}.`
        : 'The board does not listen any more.';
    } catch (error) {
      if (this.alone === board) this.fail(error);
    }
  }

  private heardAlone({ word, score, timeMs }: Detection): void {
    const item = make('li', {}, make('strong', {}, word), ` ${percent(score)}`, make('span', {}, clockText(timeMs)));
    this.words.prepend(item);
    while (this.words.children.length > MOST_WORDS) this.words.lastElementChild?.remove();
  }

  private layOut({ network: { labels }, point: { thresholds } }: LoadedModel): void {
    const canvas = (): HTMLCanvasElement => {
      const made = make('canvas');
      made.setAttribute('aria-hidden', 'true');
      return made;
    };
    this.rows = shownClasses(labels, (k) => thresholds[k] > 0).map(({ label, classes }) => {
      const threshold = thresholds[classes[0]];
      return {
        ...{ label, classes, page: canvas(), board: canvas() },
        threshold: threshold === 0 ? null : threshold / PROBABILITY_ONE,
      };
    });
    const head = make('li', { className: 'titles' }, make('span'), make('span', {}, 'page'), make('span', {}, 'board'));
    head.setAttribute('aria-hidden', 'true');
    const rows = this.rows.map(({ label, page, board }) =>
      make('li', {}, make('span', {}, labelText(label)), page, board),
    );
    this.strips.replaceChildren(head, ...rows);
    this.drawn = '';
  }

  private readonly draw = (now: number): void => {
    const { twins } = this;
    if (twins === null) return;
    requestAnimationFrame(this.draw);
    const state = `${twins.page.results} ${twins.board.results} ${this.strips.clientWidth}`;
    if (state === this.drawn || (reducedMotion() && now - this.pictured < REDUCED_PICTURE_MS)) return;
    this.drawn = state;
    this.pictured = now;
    this.write(twins);
    const { results } = twins.page;
    for (const { classes, threshold, page, board } of this.rows) {
      drawResultStrip(page, twins.page, classes, threshold, results);
      drawResultStrip(board, twins.board, classes, threshold, results);
    }
  };

  private write(twins: Twins): void {
    const { equal, different, firstDifference, secondsBehind, page } = twins;
    const isWrong = different > 0;
    this.sign.classList.toggle('different', isWrong);
    this.count.textContent = countText(isWrong ? different : equal);
    this.meaning.textContent = isWrong
      ? `of ${countText(equal + different)} values differ, the first is ${firstDifference}. spikeword bisect finds the first layer that differs.`
      : 'values of the board are equal to the page’s: features, scores, spikes and operations, every one that was compared';
    if (page.results === 0) return;
    this.note.textContent =
      secondsBehind < LATE_SECONDS
        ? 'Page and board hear the same sound.'
        : `The board is ${secondsBehind.toFixed(1)} s behind the page; it takes ${twins.secondsPerSecond.toFixed(2)} s for a second of sound.`;
  }
}
