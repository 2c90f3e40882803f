import { byId, make } from '../element.js';
import { labelText } from '../figures.js';
import type { LoadedModel } from '../model.js';
import { type ShownClasses, shownClasses } from '../shown-classes.js';
import type { Stream } from './listener.js';
import type { ThresholdChoice } from './threshold-choice.js';

/** How long a word is shown as new. */
const NEWS_MS = 2000;

interface Chip extends ShownClasses {
  readonly item: HTMLLIElement;
  darkening: number;
}

/** Shows the classes of a model as chips: words light up when they are heard, and a box switches each on or off. */
export class WordChips {
  private readonly list = byId('chips', 'ul');
  private chips: readonly Chip[] = [];

  constructor(private readonly choice: ThresholdChoice) {}

  /** Lays out the chips of a model. */
  begin({ network: { labels } }: LoadedModel): void {
    const shown = shownClasses(labels, (k) => this.choice.isWord(k));
    this.chips = shown.map((one) => ({ ...one, item: this.chipOf(one), darkening: 0 }));
    this.list.replaceChildren(...this.chips.map(({ item }) => item));
  }

  /** A stream begins: nothing was heard yet. */
  clear(): void {
    for (const chip of this.chips) this.darken(chip);
  }

  /** Lights the chip of a word up. */
  light(label: number): void {
    const chip = this.chips.find(({ classes }) => classes.includes(label));
    if (chip === undefined) return;
    clearTimeout(chip.darkening);
    chip.item.classList.add('lit');
    chip.darkening = window.setTimeout(() => this.darken(chip), NEWS_MS);
  }

  /** Shows the latest probabilities. */
  draw({ history }: Stream): void {
    const scores = this.chips.map(({ classes }) => classes.reduce((sum, k) => sum + history.newest[k], 0));
    const most = Math.max(...scores);
    for (const [k, { item }] of this.chips.entries()) {
      item.style.setProperty('--score', scores[k].toFixed(2));
      item.classList.toggle('top', scores[k] === most && most > 0);
    }
  }

  private darken(chip: Chip): void {
    clearTimeout(chip.darkening);
    chip.item.classList.remove('lit');
  }

  /** Makes a chip; a word has a box. */
  private chipOf({ label, classes: [k] }: ShownClasses): HTMLLIElement {
    if (!this.choice.isWord(k)) return make('li', { className: 'chip other' }, labelText(label));
    const box = make('input', { type: 'checkbox', checked: this.choice.isOn(k) });
    box.addEventListener('change', () => this.choice.switchWord(k, box.checked));
    return make('li', { className: 'chip' }, make('label', {}, box, label));
  }
}
