import { HOP_SAMPLES, SAMPLE_RATE_HZ, WINDOW_SAMPLES } from '../../../core/audio/index.js';
import { LogMel, MEL_BANDS } from '../../../core/features/index.js';
import type { Trace } from '../../../core/kernel/index.js';
import { type NetworkPlan, placesInTime } from '../../../core/network/index.js';
import { countText } from '../../../core/text/index.js';
import { paintFeatures } from '../drawing/feature-picture.js';
import { paintMel } from '../drawing/heat.js';
import { paintPixels, surface } from '../drawing/surface.js';
import { theme } from '../drawing/theme.js';
import { byId, make } from '../element.js';
import type { View } from '../history.js';
import { layerNames } from './layer-names.js';
import { paintSpikes } from './spike-raster.js';

/** The greatest height of a layer's picture, in pixels. */
const TALLEST = 72;

interface Lane {
  readonly item: HTMLLIElement;
  readonly place: HTMLDivElement;
  readonly canvas: HTMLCanvasElement;
  readonly spikes: HTMLElement;
  readonly operations: HTMLElement;
}

function laneOf(name: string, shape: string, height: number): Lane {
  const canvas = make('canvas');
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', `${name}: ${shape}`);
  const place = make('div', { className: 'lane' }, canvas);
  place.style.height = `${height}px`;
  const [spikes, operations] = [make('span'), make('span')];
  const title = make('span', {}, name, make('small', {}, shape));
  return {
    item: make('li', { className: 'layer' }, title, place, spikes, operations),
    place,
    canvas,
    spikes,
    operations,
  };
}

/** Lays a canvas over a stretch of its lane, both ends from 0 to 1. */
function lay(canvas: HTMLCanvasElement, from: number, to: number): void {
  canvas.style.left = `${100 * from}%`;
  canvas.style.width = `${100 * (to - from)}%`;
}

/** A place in the lanes: how far it is in time, 0 to 1, and if it is in a layer which one, and how far down, 0 to 1. */
export interface LanePlace {
  readonly time: number;
  readonly layer: number | null;
  readonly depth: number;
}

/** Sound, spectrogram, features and the spikes of every layer, one above the other, over one axis of time. */
export class Lanes {
  /** Called when the mouse moves over the lanes, and when it is pressed. */
  onPoint: (place: LanePlace, pressed: boolean) => void = () => {};
  private readonly all = byId('lanes', 'div');
  private readonly list = byId('layers', 'ol');
  private readonly pick = make('div', { className: 'pick' });
  private sound = laneOf('sound', '', 52);
  private mel = laneOf('spectrogram', '', 80);
  private features = laneOf('features', '', 50);
  private layers: readonly Lane[] = [];
  private plan: NetworkPlan | null = null;
  private places: ReturnType<typeof placesInTime> = [];

  constructor() {
    for (const [event, pressed] of [
      ['pointermove', false],
      ['pointerdown', true],
    ] as const) {
      this.all.addEventListener(event, (at) => this.point(at, pressed));
    }
  }

  /** Lays out the lanes for a network. */
  begin(plan: NetworkPlan): void {
    this.plan = plan;
    this.places = placesInTime(plan);
    const { frames, coefficients } = plan.spec.input;
    const seconds = (this.samples / SAMPLE_RATE_HZ).toFixed(2);
    this.sound = laneOf('sound', `${seconds} s at 16,000 Hz`, 52);
    this.mel = laneOf('spectrogram', `${MEL_BANDS} mel bands`, 80);
    this.features = laneOf('features', `${coefficients} × ${frames} frames`, 50);
    const names = layerNames(plan);
    this.layers = plan.layers.map(({ convolution }, k) => {
      const { channels, frames: positions, bands } = convolution.output;
      const rows = channels * bands;
      const shape = `${channels} channels × ${positions} frames${bands > 1 ? ` × ${bands} bands` : ''}`;
      const lane = laneOf(names[k], shape, Math.min(rows, TALLEST));
      lane.place.classList.add('spikes');
      if (rows <= TALLEST) lane.canvas.className = 'pixels';
      const { first, step } = this.places[k];
      lay(lane.canvas, this.timeOf(first - step / 2), this.timeOf(first + (positions - 0.5) * step));
      return lane;
    });
    for (const { canvas } of [this.mel, this.features]) {
      canvas.className = 'pixels';
      lay(canvas, this.timeOf(-0.5), this.timeOf(frames - 0.5));
    }
    lay(this.sound.canvas, 0, 1);
    this.list.replaceChildren(...[this.sound, this.mel, this.features, ...this.layers].map(({ item }) => item));
    this.pick.remove();
    this.all.style.removeProperty('--at');
  }

  /** Where a frame of the features is in time, 0 to 1. */
  timeOf(frame: number): number {
    return (frame * HOP_SAMPLES + WINDOW_SAMPLES / 2) / this.samples;
  }

  /** The frame of the features at a time. */
  frameAt(time: number): number {
    return (time * this.samples - WINDOW_SAMPLES / 2) / HOP_SAMPLES;
  }

  /** The position of a layer that is nearest to a frame of the features. */
  positionAt(layer: number, frame: number): number {
    const { first, step } = this.places[layer];
    const { frames } = this.plan!.layers[layer].convolution.output;
    return Math.max(0, Math.min(frames - 1, Math.round((frame - first) / step)));
  }

  draw({ sound, features }: View, { spikes }: Trace): void {
    const { layers, timesteps, spec } = this.plan!;
    this.drawSound(sound);
    this.paintMel(sound);
    const { frames, coefficients } = spec.input;
    paintFeatures(this.features.canvas, frames, coefficients, (frame, c) => features[frame * coefficients + c]);
    for (const [k, { canvas }] of this.layers.entries()) {
      paintSpikes(canvas, spikes[k], layers[k].convolution.output, timesteps);
    }
  }

  /** Writes the figures of the layers. @param spikes per neuron, [layer] @param operations per second, [layer] */
  write(spikes: readonly number[], operations: readonly number[]): void {
    for (const [k, lane] of this.layers.entries()) {
      lane.spikes.textContent = spikes[k].toFixed(3);
      lane.operations.textContent = countText(operations[k]);
    }
  }

  /** Shows the cursor at a frame of the features, and marks a neuron. */
  mark(frame: number, layer: number, position: number, row: number): void {
    const percent = (share: number): string => `${100 * share}%`;
    this.all.style.setProperty('--at', percent(this.timeOf(frame)));
    const { channels, bands } = this.plan!.layers[layer].convolution.output;
    const { first, step } = this.places[layer];
    const [from, to] = [this.timeOf(first + (position - 0.5) * step), this.timeOf(first + (position + 0.5) * step)];
    const rows = channels * bands;
    const [left, width, top, height] = [from, to - from, row / rows, 1 / rows].map(percent);
    Object.assign(this.pick.style, { left, width, top, height });
    this.layers[layer].place.append(this.pick);
  }

  /** Samples of the sound under the features. */
  private get samples(): number {
    return WINDOW_SAMPLES + ((this.plan?.spec.input.frames ?? 1) - 1) * HOP_SAMPLES;
  }

  private point(event: PointerEvent, pressed: boolean): void {
    const { left, width } = this.sound.place.getBoundingClientRect();
    const time = (event.clientX - left) / width;
    if (this.plan === null || time < 0 || time > 1) return;
    const layer = this.layers.findIndex(({ place }) => event.target instanceof Node && place.contains(event.target));
    if (layer < 0) {
      this.onPoint({ time, layer: null, depth: 0 }, pressed);
      return;
    }
    const { top, height } = this.layers[layer].place.getBoundingClientRect();
    this.onPoint({ time, layer, depth: Math.max(0, Math.min(0.999, (event.clientY - top) / height)) }, pressed);
  }

  /** Draws the least and the greatest sample of every pixel. */
  private drawSound(sound: Int16Array): void {
    const { context, width, height } = surface(this.sound.canvas);
    const loudest = sound.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1);
    const own = sound.subarray(sound.length - this.samples);
    context.fillStyle = theme().ink;
    const y = (sample: number): number => height / 2 - (sample / loudest) * (height / 2 - 2);
    for (let x = 0; x < width; x++) {
      const part = own.subarray(Math.floor((x * own.length) / width), Math.floor(((x + 1) * own.length) / width));
      let [low, high] = [0, 0];
      for (const sample of part) {
        if (sample < low) low = sample;
        else if (sample > high) high = sample;
      }
      context.fillRect(x, y(high), 1, Math.max(1, y(low) - y(high)));
    }
  }

  private paintMel(sound: Int16Array): void {
    const own = sound.subarray(sound.length - this.samples);
    const { frames } = this.plan!.spec.input;
    const mel = new LogMel();
    mel.push(own.subarray(0, WINDOW_SAMPLES - HOP_SAMPLES));
    paintPixels(this.mel.canvas, frames, MEL_BANDS, (pixels) => {
      for (let frame = 0; frame < frames; frame++) {
        mel.push(own.subarray(WINDOW_SAMPLES + (frame - 1) * HOP_SAMPLES, WINDOW_SAMPLES + frame * HOP_SAMPLES));
        paintMel(pixels, frames, frame, mel.bands());
      }
    });
  }
}
