import { thresholdsFor } from '../../../core/detection/index.js';
import type { OperatingPoint } from '../../../core/quantization/index.js';
import { percentText } from '../../../core/text/index.js';
import { byId } from '../element.js';

/** The slider's positions: from the strictest point of the model's curve to the most eager one. */
const STEPS = 100;

/** Lets the user choose how eager the detector is, and which words it detects. */
export class ThresholdChoice {
  /** Called with the thresholds, [class], whenever the user has changed them. */
  onChange: (thresholds: readonly number[]) => void = () => {};
  private readonly listeners = new Set<() => void>();
  private readonly field = byId('eagerness', 'div');
  private readonly slider = byId('eager', 'input');
  private readonly note = byId('eager-note', 'p');
  private readonly off = new Set<number>();
  private point: OperatingPoint | null = null;
  private moved = false;

  constructor() {
    this.slider.max = `${STEPS}`;
    this.slider.addEventListener('input', () => {
      this.moved = true;
      this.changed();
    });
  }

  /** Begins with a model's own thresholds for all words; a choice for the same model stays. */
  begin(point: OperatingPoint): void {
    if (point === this.point) return;
    this.point = point;
    this.off.clear();
    this.moved = false;
    this.field.hidden = point.curve.length < 2;
    if (!this.field.hidden) this.slider.value = `${nearestStep(point)}`;
    this.describe();
  }

  /** The position of the slider, 0 (strict) to 100 (eager); null if the model's own thresholds are in use. */
  get eagerness(): number | null {
    return this.moved ? this.slider.valueAsNumber : null;
  }

  /** False accepts per hour at the position of the slider; undefined if the model's own thresholds are in use. */
  get falseAccepts(): number | undefined {
    return this.moved && this.point !== null ? rateAt(this.point, this.slider.valueAsNumber) : undefined;
  }

  set eagerness(position: number | null) {
    if (this.point === null || this.field.hidden) return;
    this.moved = position !== null;
    this.slider.value = `${position ?? nearestStep(this.point)}`;
    this.changed();
  }

  /** Calls a listener whenever the slider was moved, a word was switched or a model brought its own thresholds. */
  onShow(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** [class] */
  get thresholds(): readonly number[] {
    const { point } = this;
    if (point === null) return [];
    const chosen = this.moved
      ? thresholdsFor(point, rateAt(point, this.slider.valueAsNumber)).thresholds
      : point.thresholds;
    return chosen.map((threshold, label) => (this.off.has(label) ? 0 : threshold));
  }

  /** Whether a class is a word that the model can detect. */
  isWord(label: number): boolean {
    return (this.point?.thresholds[label] ?? 0) > 0;
  }

  isOn(label: number): boolean {
    return this.isWord(label) && !this.off.has(label);
  }

  switchWord(label: number, on: boolean): void {
    if (on) this.off.delete(label);
    else this.off.add(label);
    this.changed();
  }

  private changed(): void {
    this.describe();
    this.onChange(this.thresholds);
  }

  private describe(): void {
    for (const listener of this.listeners) listener();
    if (this.field.hidden || this.point === null) return;
    const rate = rateAt(this.point, this.slider.valueAsNumber);
    const { missRate } = thresholdsFor(this.point, rate);
    const text = `of ten words in noise it misses about ${countOfTen(missRate)} (${percentText(missRate, 0)}), and in an hour it hears about ${Number(rate.toPrecision(2))} that nobody said`;
    this.note.textContent = `${text[0].toUpperCase()}${text.slice(1)}: measured in the streams that it was tuned on.`;
    this.slider.setAttribute('aria-valuetext', text);
  }
}

/** The false accepts per hour at a position of the slider. */
function rateAt({ curve }: OperatingPoint, step: number): number {
  const [low, high] = [curve[0], curve[curve.length - 1]].map(({ falseAcceptsPerHour }) => falseAcceptsPerHour);
  // rounding must not leave the curve
  return Math.max(low, Math.min(high, low * (high / low) ** (step / STEPS)));
}

/** The position whose thresholds are nearest to the model's own. */
function nearestStep(point: OperatingPoint): number {
  const distance = (step: number): number => {
    const { thresholds } = thresholdsFor(point, rateAt(point, step));
    return thresholds.reduce((sum, threshold, k) => sum + Math.abs(threshold - point.thresholds[k]), 0);
  };
  const steps = Array.from({ length: STEPS + 1 }, (_, step) => step);
  return steps.reduce((best, step) => (distance(step) < distance(best) ? step : best), 0);
}

/** Returns the share of words that a model misses with its own thresholds; null if nobody measured it. */
export function ownMissRate(point: OperatingPoint): number | null {
  return point.curve.length < 2 ? null : thresholdsFor(point, rateAt(point, nearestStep(point))).missRate;
}

const NUMBERS = ['none', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** Returns a rate as a number of ten words. */
export const countOfTen = (rate: number): string => NUMBERS[Math.round(rate * 10)];
