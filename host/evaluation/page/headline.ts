import { evidenceWarnings, voicesText } from '../../core/statistics/index.js';
import { binaryBytesText, countText, escapeHtml, percentText } from '../../core/text/index.js';
import { agreementNote, neurons, savings } from '../format.js';
import type { EvaluationReport } from '../report.js';

/** Draws the interval of the accuracy on a line that ends at 100 % and begins somewhat below the interval. */
function intervalPicture({ accuracy, accuracyInterval: [low, high] }: EvaluationReport): string {
  const start = Math.max(0, Math.floor((low - 0.05) * 10) / 10);
  const x = (value: number): string => (300 * ((value - start) / (1 - start))).toFixed(1);
  const width = (300 * ((high - low) / (1 - start))).toFixed(1);
  return (
    `<svg class="interval" role="img" aria-label="95 % interval from ${percentText(low)} to ${percentText(high)}" viewBox="-6 0 312 30">` +
    `<line class="axis" x1="0" x2="300" y1="10" y2="10"/>` +
    `<rect class="range" x="${x(low)}" y="5" width="${width}" height="10" rx="5"/>` +
    `<circle class="point" cx="${x(accuracy)}" cy="10" r="4"/>` +
    `<text x="0" y="28">${percentText(start, 0)}</text><text x="300" y="28" text-anchor="end">100 %</text></svg>`
  );
}

/** Returns a figure with its name and note. The note's lines do not break before a unit or around an equals sign. */
function tile(name: string, figure: string, note: string): string {
  const unbroken = note.replace(/ (?=[%×=])|(?<==) /g, '\u00a0');
  return `<div class="tile"><dt>${name}</dt><dd>${figure}</dd><dd class="note">${unbroken}</dd></div>`;
}

/** Returns the section with the accuracy and the figures of its cost. */
export function headline(report: EvaluationReport): string {
  const [low, high] = report.accuracyInterval;
  const ordinary = savings(report.ordinaryMacs, report.synapticOperations);
  const dense = savings(report.denseMacs, report.synapticOperations);
  const { neuron, timesteps, weights } = report.network;
  return (
    `<section class="headline" aria-label="Headline figures"><div class="hero"><p class="name">Accuracy</p>` +
    `<p class="figure">${percentText(report.accuracy)}</p>` +
    `<p class="note">95 % interval ${percentText(low)} to ${percentText(high)}, ${voicesText(report.voices)}</p>` +
    evidenceWarnings(report)
      .map((warning) => `<p class="note warning">${escapeHtml(warning)}</p>`)
      .join('') +
    `${intervalPicture(report)}</div><dl class="tiles">` +
    tile(
      'Spikes per neuron',
      report.spikesPerNeuron.toFixed(3),
      `mean of layers, θ = ${report.theta.toFixed(3)}; ${report.spikesPerNeuronWeighted.toFixed(3)} over all neurons`,
    ) +
    tile(
      'Synaptic operations',
      countText(report.synapticOperations),
      `per clip; an ordinary network of this shape, which runs once: ${countText(report.ordinaryMacs)}, ${ordinary} as many; dense in every timestep ${dense}`,
    ) +
    tile('Model', binaryBytesText(report.modelBytes), `${countText(weights)} weights, ${neurons(neuron, timesteps)}`) +
    tile('RAM', binaryBytesText(report.ramBytes), 'for the kernel with all its buffers') +
    tile(
      'Speed',
      `${countText(report.clipsPerSecond)} <small>clips/s</small>`,
      `including features; threads: ${report.threads}`,
    ) +
    tile(
      'Integer = float',
      report.agreement === null ? '–' : percentText(report.agreement),
      escapeHtml(agreementNote(report.agreementWith, report.floatAccuracy)),
    ) +
    `</dl></section>`
  );
}
