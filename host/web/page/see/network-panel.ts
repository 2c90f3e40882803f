import { FRAME_MS } from '../../../core/audio/index.js';
import { framesPerResult, type NetworkPlan } from '../../../core/network/index.js';
import { compactText, countText } from '../../../core/text/index.js';
import { paintFeatures } from '../drawing/feature-picture.js';
import { byId, make } from '../element.js';
import { percent } from '../figures.js';
import type { Session } from '../session.js';
import { paintSpikes } from './spike-raster.js';

/** The greatest height of a layer's picture, in pixels. */
const TALLEST = 96;
/** Layers with fewer channels than this get two pixels per channel. */
const FEW_CHANNELS = 40;

interface Row {
  readonly canvas: HTMLCanvasElement;
  readonly spikes: HTMLElement;
  readonly operations: HTMLElement;
}

function rowOf(name: string, shape: string, rows: number): Row & { readonly item: HTMLLIElement } {
  const canvas = make('canvas', { className: rows > TALLEST ? '' : 'pixels' });
  canvas.style.height = `${rows < FEW_CHANNELS ? 2 * rows : Math.min(rows, TALLEST)}px`;
  canvas.style.width = '100%';
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', `${name}: ${shape}`);
  const [spikes, operations] = [make('span'), make('span')];
  const title = make('span', {}, name, make('small', {}, shape));
  return { canvas, spikes, operations, item: make('li', { className: 'layer' }, title, canvas, spikes, operations) };
}

/** The share of each layer that one inference computes: 1 unless the network listens. */
function sharesOf(plan: NetworkPlan): number[] {
  const frames = framesPerResult(plan);
  return plan.layers.map(({ convolution }, k) => frames[k] / convolution.output.frames);
}

/** Shows every spike of the last inference, and figures about the work of the network. */
export class NetworkPanel {
  private readonly list = byId('layers', 'ol');
  private readonly figures = {
    spikes: byId('figure-spikes', 'dd'),
    operations: byId('figure-operations', 'dd'),
    inferences: byId('figure-inferences', 'dd'),
    computing: byId('figure-computing', 'dd'),
  };
  private input: HTMLCanvasElement = make('canvas');
  private rows: readonly Row[] = [];

  /** Lays out a row for the input and for every layer of a session's model. */
  begin({ model, detector }: Session): void {
    const { plan } = detector.kernel;
    const { frames, coefficients } = model.network.spec.input;
    const input = rowOf('features', `${coefficients} × ${frames} frames`, coefficients * 3);
    const layers = plan.layers.map(({ name, convolution }) => {
      const { channels, frames: positions, bands } = convolution.output;
      const shape = `${channels} channels × ${positions} frames${bands > 1 ? ` × ${bands} bands` : ''}`;
      return rowOf(name.replaceAll('.', ' '), shape, channels * bands);
    });
    this.input = input.canvas;
    this.rows = layers;
    this.list.replaceChildren(input.item, ...layers.map(({ item }) => item));
    byId('figure-spikes-note', 'dd').textContent = `per inference of ${plan.timesteps} timesteps`;
    byId('figure-inferences-note', 'dd').textContent = `one every ${detector.point.hop * FRAME_MS} ms of sound`;
    const shares = sharesOf(plan);
    const ordinary = plan.layers.reduce(
      (sum, { macs }, k) => sum + macs * shares[k],
      plan.classifier.channels * plan.classifier.classes,
    );
    byId('figure-operations-note', 'dd').textContent =
      `additions for spikes; an ordinary network of this shape: ${compactText((ordinary * 1000) / (detector.point.hop * FRAME_MS))} multiplications`;
    for (const figure of Object.values(this.figures)) figure.textContent = '–';
    paintFeatures(this.input, frames, coefficients, () => 0);
    for (const [k, { canvas }] of this.rows.entries()) {
      paintSpikes(canvas, null, plan.layers[k].convolution.output, plan.timesteps);
    }
  }

  draw(session: Session): void {
    const trace = session.trace();
    if (trace === null) return;
    const { plan } = session.detector.kernel;
    const { frames, coefficients } = session.model.network.spec.input;
    const { features } = session;
    paintFeatures(this.input, frames, coefficients, (frame, c) => features[frame * coefficients + c]);
    for (const [k, { canvas }] of this.rows.entries()) {
      paintSpikes(canvas, trace.spikes[k], plan.layers[k].convolution.output, plan.timesteps);
    }
  }

  /** Writes the figures of the last inference. */
  write(session: Session): void {
    const { inference } = session;
    if (inference === null) return;
    const { point, kernel } = session.detector;
    const { spikes, synapticOperations } = inference;
    const perSecond = 1000 / (point.hop * FRAME_MS);
    const shares = sharesOf(kernel.plan);
    const neurons = kernel.plan.layers.map((layer, k) => layer.neurons * shares[k]);
    const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);
    this.figures.spikes.textContent = (sum(spikes) / sum(neurons)).toFixed(3);
    this.figures.operations.textContent = compactText(sum(synapticOperations) * perSecond);
    this.figures.inferences.textContent = `${Number(perSecond.toFixed(1))}`;
    this.figures.computing.textContent = percent(session.computedMs / session.soundMs);
    for (const [k, row] of this.rows.entries()) {
      row.spikes.textContent = (spikes[k] / neurons[k]).toFixed(3);
      row.operations.textContent = countText(synapticOperations[k] * perSecond);
    }
  }
}
