import { byId, make } from '../element.js';
import { labelText } from '../figures.js';
import type { LoadedModel } from '../model.js';
import type { Stream } from './listener.js';
import type { ThresholdChoice } from './threshold-choice.js';

/** How long a word is shown as new. */
const NEWS_MS = 2000;

interface Chip {
  readonly item: HTMLLIElement;
  darkening: number;
}

/** Shows the classes of a model as chips: words light up when they are heard, and a box switches each on or off. */
export class WordChips {
  private readonly list = byId('chips', 'ul');
  private chips: readonly Chip[] = [];

  constructor(private readonly choice: ThresholdChoice) {}

  /** Lays out a chip for every class of a model. */
  begin({ network }: LoadedModel): void {
    this.chips = network.labels.map((label, k) => ({ item: this.chipOf(label, k), darkening: 0 }));
    this.list.replaceChildren(...this.chips.map(({ item }) => item));
  }

  /** A stream begins: nothing was heard yet. */
  clear(): void {
    for (const chip of this.chips) this.darken(chip);
  }

  /** Lights the chip of a word up. */
  light(label: number): void {
    const chip = this.chips[label];
    clearTimeout(chip.darkening);
    chip.item.classList.add('lit');
    chip.darkening = window.setTimeout(() => this.darken(chip), NEWS_MS);
  }

  /** Shows the latest probabilities. */
  draw({ history }: Stream): void {
    const scores = history.newest;
    const most = scores.reduce((top, score, k) => (score > scores[top] ? k : top), 0);
    for (const [k, { item }] of this.chips.entries()) {
      item.style.setProperty('--score', scores[k].toFixed(2));
      item.classList.toggle('top', k === most && scores[k] > 0);
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
