import { clockText } from '../../../core/text/index.js';
import { byId, make } from '../element.js';
import { percent } from '../figures.js';
import type { Heard } from '../history.js';

/** The most detections that are listed. */
const LISTED = 200;
/** How long a detected word is shown as new. */
const NEWS_MS = 2000;

/** Shows the last detected word in large type, and all detections in a list that screen readers announce. */
export class HeardPanel {
  private readonly word = byId('word', 'p');
  private readonly note = byId('word-note', 'p');
  private readonly list = byId('detections', 'ol');
  private fading = 0;

  constructor() {
    // keyboard users must be able to scroll it
    byId('log', 'div').tabIndex = 0;
  }

  /** Clears the panel for a new stream. */
  clear(): void {
    clearTimeout(this.fading);
    this.word.textContent = '–';
    this.word.classList.add('past');
    this.note.textContent = 'nothing yet';
    this.list.replaceChildren();
  }

  show({ detection }: Heard): void {
    const { word, score, timeMs } = detection;
    const [time, chance] = [clockText(timeMs), percent(score)];
    this.word.textContent = word;
    this.note.textContent = `${chance} at ${time}`;
    this.word.classList.remove('past');
    clearTimeout(this.fading);
    this.fading = window.setTimeout(() => this.word.classList.add('past'), NEWS_MS);
    this.list.prepend(
      make('li', { className: 'detection' }, make('span', {}, word), make('span', {}, chance), make('span', {}, time)),
    );
    while (this.list.children.length > LISTED) this.list.lastElementChild?.remove();
  }
}
