import { SILENCE, UNKNOWN } from '../../../core/dataset/index.js';
import { byId, make } from '../element.js';
import { labelText } from '../figures.js';
import type { LoadedModel } from '../model.js';
import type { Stream } from './listener.js';
import type { ThresholdChoice } from './threshold-choice.js';

/** How long a word is shown as new. */
const NEWS_MS = 2000;

interface Chip {
  readonly item: HTMLLIElement;
  /** The class that it shows; for other words, all classes of them. */
  readonly classes: readonly number[];
  darkening: number;
}

/**
 * Shows the classes of a model as chips: words light up when they are heard, and a box switches each on or off. All
 * other words share one chip, though a model may tell some of them apart.
 */
export class WordChips {
  private readonly list = byId('chips', 'ul');
  private chips: readonly Chip[] = [];

  constructor(private readonly choice: ThresholdChoice) {}

  /** Lays out the chips of a model. */
  begin({ network: { labels } }: LoadedModel): void {
    const isOther = (label: string, k: number): boolean => label !== SILENCE && !this.choice.isWord(k);
    const others = labels.flatMap((label, k) => (isOther(label, k) ? [k] : []));
    this.chips = labels.flatMap((label, k) => {
      if (label !== UNKNOWN && isOther(label, k)) return [];
      return [{ item: this.chipOf(label, k), classes: label === UNKNOWN ? others : [k], darkening: 0 }];
    });
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

  /** The chip of a class; a word has a box. */
  private chipOf(label: string, k: number): HTMLLIElement {
    if (!this.choice.isWord(k)) return make('li', { className: 'chip other' }, labelText(label));
    const box = make('input', { type: 'checkbox', checked: this.choice.isOn(k) });
    box.addEventListener('change', () => this.choice.switchWord(k, box.checked));
    return make('li', { className: 'chip' }, make('label', {}, box, label));
  }
}
