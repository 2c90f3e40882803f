import { FRAME_MS, HOP_SAMPLES, millisecondsOf, SAMPLE_RATE_HZ } from '../../../core/audio/index.js';
import { type Kernel, type MembraneStep, membraneOf, type Trace } from '../../../core/kernel/index.js';
import { framesPerResult, type NetworkPlan } from '../../../core/network/index.js';
import { clockText, compactText, countText } from '../../../core/text/index.js';
import { reducedMotion } from '../drawing/theme.js';
import { byId, make } from '../element.js';
import { percent } from '../figures.js';
import type { Listener, Stream } from '../hear/listener.js';
import { heardText } from '../hear/spectrogram.js';
import type { Heard, View } from '../history.js';
import { kernelFor } from '../kernel.js';
import type { LoadedModel } from '../model.js';
import { Lanes } from './lanes.js';
import { layerNames } from './layer-names.js';
import { drawMembrane } from './membrane-picture.js';

/** Time between two pictures while they are live: faster ones cannot be followed. */
const [LIVE_MS, REDUCED_LIVE_MS] = [250, 1000];

/** The share of each layer that one inference computes: 1 unless the network listens. */
function sharesOf(plan: NetworkPlan): number[] {
  const frames = framesPerResult(plan);
  return plan.layers.map(({ convolution }, k) => frames[k] / convolution.output.frames);
}

const sumOf = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0);

/** Shows what the network read, every spike that followed, one neuron's membrane, and the work that it took. */
export class SeeStage {
  private readonly lanes = new Lanes();
  private readonly what = byId('see-what', 'p');
  private readonly live = byId('see-live', 'button');
  private readonly moment = byId('moment', 'input');
  private readonly momentText = byId('moment-text', 'span');
  private readonly layer = byId('neuron-layer', 'select');
  private readonly channel = byId('neuron-channel', 'input');
  private readonly membrane = byId('membrane', 'canvas');
  private readonly steps = byId('membrane-steps', 'ol');
  private readonly figures = {
    spikes: byId('figure-spikes', 'dd'),
    operations: byId('figure-operations', 'dd'),
    inferences: byId('figure-inferences', 'dd'),
    computing: byId('figure-computing', 'dd'),
  };
  private model: LoadedModel | null = null;
  private kernel: Kernel | null = null;
  private view: View | null = null;
  private trace: Trace | null = null;
  private isLive = false;
  private asked = 0;
  private written = 0;
  /** The most that the worker was behind the sound since that was written last, in milliseconds. */
  private mostBehind = 0;
  /** Whether the user chose the neuron; otherwise one that has something to show is chosen. */
  private chose = false;

  constructor(
    private readonly listener: Listener,
    private readonly redraw: () => void,
  ) {
    this.live.addEventListener('click', () => this.goLive(!this.isLive));
    this.live.ariaPressed = 'false';
    this.live.disabled = false;
    this.moment.addEventListener('input', () => this.move());
    for (const input of [this.layer, this.channel]) input.addEventListener('input', () => this.choose());
    this.lanes.onPoint = ({ time, layer, depth }, pressed) => {
      if (this.trace === null) return;
      this.moment.value = `${Math.round(this.lanes.frameAt(time))}`;
      if (pressed && layer !== null) this.pick(layer, depth);
      // the arrow keys go on from here
      if (pressed) setTimeout(() => this.moment.focus({ preventScroll: true }));
      this.move();
    };
  }

  /** Lays out the lanes for a model. */
  begin(model: LoadedModel): void {
    const isOther = this.model !== model;
    [this.view, this.trace] = [null, null];
    if (isOther) this.lay(model);
    this.clear();
  }

  private lay(model: LoadedModel): void {
    const { plan, point } = model;
    this.model = model;
    this.kernel = null;
    this.lanes.begin(plan);
    this.layer.replaceChildren(...layerNames(plan).map((name, k) => make('option', { value: `${k}` }, name)));
    this.moment.max = `${plan.spec.input.frames - 1}`;
    byId('figure-spikes-note', 'dd').textContent = `per inference of ${plan.timesteps} timesteps`;
    byId('figure-inferences-note', 'dd').textContent = `one every ${point.hop * FRAME_MS} ms of sound`;
    byId('figure-operations-note', 'dd').textContent = 'additions of a weight, and multiplications in the first layer';
    this.chose = false;
  }

  /** Shows a word that was heard, unless the pictures are live. */
  show(heard: Heard): void {
    if (this.isLive) return;
    this.see(heard.view, `Frozen on ${heardText(heard)}.`);
  }

  /** Shows a flag that the user chose. */
  chooseFlag(heard: Heard): void {
    this.goLive(false);
    this.show(heard);
  }

  /** Takes news of a stream: if the pictures are live, asks for the next. */
  async heard(stream: Stream, now: number): Promise<void> {
    this.writeComputing(stream, now);
    if (!this.isLive || now - this.asked < (reducedMotion() ? REDUCED_LIVE_MS : LIVE_MS)) return;
    this.asked = now;
    const view = await this.listener.look();
    if (view !== null && this.isLive && this.model === stream.model) this.see(view, 'Live.');
  }

  /** Draws what is new, or all of it again. */
  draw(): void {
    const { model, kernel, view } = this;
    if (model === null) return;
    if (kernel === null || view === null) {
      drawMembrane(this.membrane, []);
      return;
    }
    this.trace ??= kernel.trace(view.features);
    this.lanes.draw(view, this.trace);
    this.write(model, view);
    if (!this.chose) this.pickSpeaking(model.plan, this.trace);
    this.move();
  }

  /** Writes what listening costs, and how far behind the sound it is. */
  private writeComputing({ soundMs, computedMs, behindMs, blocks, lost }: Stream, now: number): void {
    this.mostBehind = Math.max(this.mostBehind, behindMs);
    if (soundMs === 0 || now - this.written < LIVE_MS) return;
    this.written = now;
    this.figures.computing.textContent = percent(computedMs / soundMs);
    const late = `words are heard ${Math.ceil(this.mostBehind)} ms behind the sound`;
    const whole = lost === 0 ? `none of ${countText(blocks)} pieces lost` : `${countText(lost)} pieces lost`;
    byId('figure-computing-note', 'dd').textContent =
      `of one core${blocks === 0 ? ': front end, network, detector' : `; ${late}, ${whole}`}`;
    this.mostBehind = 0;
  }

  private clear(): void {
    for (const figure of [this.figures.spikes, this.figures.operations, this.figures.inferences]) {
      figure.textContent = '–';
    }
    this.redraw();
  }

  private see(view: View, what: string): void {
    this.view = view;
    this.trace = null;
    if (this.what.textContent !== what) this.what.textContent = what;
    for (const control of [this.moment, this.layer, this.channel]) control.disabled = false;
    this.redraw();
    const { model } = this;
    if (model === null || this.kernel !== null) return;
    // the worker that heard this has the kernel already
    void kernelFor(model).then((kernel) => {
      if (this.model === model) this.kernel = kernel;
      this.redraw();
    });
  }

  private goLive(isLive: boolean): void {
    this.isLive = isLive;
    this.live.ariaPressed = `${isLive}`;
    if (!isLive && this.view !== null)
      this.what.textContent = `Frozen at ${clockText(millisecondsOf(this.view.sample))}.`;
  }

  private get output() {
    return this.model!.plan.layers[Number(this.layer.value)].convolution.output;
  }

  /** The channel of a layer under the pointer. */
  private pick(layer: number, depth: number): void {
    this.chose = true;
    this.layer.value = `${layer}`;
    this.channel.value = `${Math.floor(depth * this.output.channels) + 1}`;
  }

  private choose(): void {
    this.chose = true;
    this.move();
  }

  /** Chooses a neuron that spikes in some of its timesteps but not in all, in the middle of the network. */
  private pickSpeaking({ layers, timesteps }: NetworkPlan, { spikes }: Trace): void {
    const layer = Math.floor(layers.length / 2);
    const { channels, frames, bands } = layers[layer].convolution.output;
    const cells = channels * frames * bands;
    const counts = Array.from({ length: cells }, (_, cell) =>
      sumOf(Array.from({ length: timesteps }, (_, t) => spikes[layer][t * cells + cell])),
    );
    const most = counts.reduce((best, count, cell) => (count < timesteps && count > counts[best] ? cell : best), 0);
    this.layer.value = `${layer}`;
    this.channel.value = `${Math.floor(most / (frames * bands)) + 1}`;
    const time = Math.floor(most / bands) % frames;
    for (let frame = 0; frame <= Number(this.moment.max); frame++) {
      if (this.lanes.positionAt(layer, frame) === time) this.moment.value = `${frame}`;
    }
  }

  /** Shows the moment and the neuron that the controls name. */
  private move(): void {
    const { model, trace } = this;
    if (model === null || trace === null) return;
    const layer = Number(this.layer.value);
    const { channels, bands } = this.output;
    this.channel.max = `${channels}`;
    const channel = Math.max(1, Math.min(channels, Math.round(Number(this.channel.value) || 1))) - 1;
    const frame = this.moment.valueAsNumber;
    const position = this.lanes.positionAt(layer, frame);
    this.lanes.mark(frame, layer, position, channel * bands);
    const seconds = ((frame * HOP_SAMPLES) / SAMPLE_RATE_HZ).toFixed(2);
    this.momentText.textContent = `${seconds} s`;
    this.moment.setAttribute('aria-valuetext', `${seconds} seconds into the window`);
    const steps = membraneOf(model.network, model.plan, trace, { layer, channel, frame: position, band: 0 });
    drawMembrane(this.membrane, steps);
    this.steps.replaceChildren(...steps.map(stepItem));
  }

  private write({ plan, point }: LoadedModel, { inference }: View): void {
    const perSecond = 1000 / (point.hop * FRAME_MS);
    const shares = sharesOf(plan);
    const neurons = plan.layers.map((layer, k) => layer.neurons * shares[k]);
    const { spikes, synapticOperations } = inference;
    const operations = Array.from(synapticOperations, (count) => count * perSecond);
    this.lanes.write(
      Array.from(spikes, (count, k) => count / neurons[k]),
      operations,
    );
    this.figures.spikes.textContent = (sumOf(spikes) / sumOf(neurons)).toFixed(3);
    this.figures.operations.textContent = compactText(sumOf(operations));
    this.figures.inferences.textContent = `${Number(perSecond.toFixed(1))}`;
    const classifier = plan.classifier.channels * plan.classifier.classes;
    const ordinary = perSecond * plan.layers.reduce((sum, { macs }, k) => sum + macs * shares[k], classifier);
    const multiplications = operations[0] + classifier * perSecond;
    const additions = sumOf(operations.slice(1));
    const most = Math.max(ordinary, multiplications + additions);
    for (const [id, value] of [
      ['bar-multiplications', multiplications],
      ['bar-additions', additions],
      ['bar-ordinary', ordinary],
    ] as const) {
      byId(id, 'span').style.width = percentWidth(value / most);
    }
    byId('bar-spiking-text', 'span').textContent =
      `${compactText(multiplications)} multiplications, ${compactText(additions)} additions`;
    byId('bar-ordinary-text', 'span').textContent = `${compactText(ordinary)} multiplications with their additions`;
  }
}

const percentWidth = (share: number): string => `${(100 * share).toFixed(2)}%`;

function stepItem({ current, reached, threshold, spiked, left }: MembraneStep, t: number): HTMLLIElement {
  const signed = `${current < 0 ? '−' : '+'}${countText(Math.abs(current))}`;
  const start = `t = ${t + 1}: ${signed}, reaches ${integerText(reached)} of ${countText(threshold)}`;
  if (!spiked) return make('li', {}, `${start}.`);
  return make('li', {}, `${start}: `, make('strong', {}, 'spike'), `, ${integerText(left)} is left.`);
}

const integerText = (n: number): string => (n < 0 ? `−${countText(-n)}` : countText(n));
