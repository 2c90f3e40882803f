import { countText, escapeHtml, percentText } from '../../core/text/index.js';
import type { ClipPortrait, Raster } from '../portrait.js';
import { type InkLayer, inkPicture } from './ink.js';
import { bar } from './markup.js';

const REASONS = { typical: 'recognised', mistake: 'mistaken', chosen: 'chosen' } as const;
/** The quantiles of the mel energies that are drawn with no colour and with full colour. */
const DARKEST = 0.05;
const BRIGHTEST = 0.995;
/** Keeps the noise floor pale compared with speech. */
const GAMMA = 1.5;

/** Returns the mel energies as levels, [band][frame], the highest band on top. */
function spectrogramLevels({ frames, bands, values }: ClipPortrait['spectrogram']): Uint8Array {
  const sorted = values.slice().sort();
  const low = sorted[Math.floor(DARKEST * (sorted.length - 1))];
  const high = sorted[Math.floor(BRIGHTEST * (sorted.length - 1))];
  const levels = new Uint8Array(frames * bands);
  for (let frame = 0; frame < frames; frame++) {
    for (let band = 0; band < bands; band++) {
      const ink = (values[frame * bands + band] - low) / Math.max(high - low, 1e-9);
      levels[(bands - 1 - band) * frames + frame] = Math.round(255 * Math.min(1, Math.max(0, ink)) ** GAMMA);
    }
  }
  return levels;
}

/** Returns features as levels of two colours, coefficient 0 at the bottom. Two standard deviations are full colour. */
function featureLevels({ frames, coefficients, values }: ClipPortrait['features']): InkLayer[] {
  const positive = new Uint8Array(frames * coefficients);
  const negative = new Uint8Array(frames * coefficients);
  for (let frame = 0; frame < frames; frame++) {
    for (let c = 0; c < coefficients; c++) {
      const value = values[frame * coefficients + c];
      const level = Math.min(255, 4 * Math.abs(value));
      (value > 0 ? positive : negative)[(coefficients - 1 - c) * frames + frame] = level;
    }
  }
  return [
    { kind: 'positive', levels: positive },
    { kind: 'negative', levels: negative },
  ];
}

function rasterRow(id: string, raster: Raster): string {
  const picture = inkPicture(
    id,
    `Spikes of ${raster.name}`,
    [raster.columns, raster.channels],
    Math.max(28, Math.min(128, raster.channels * (raster.channels > 48 ? 1.5 : 2))),
    [{ kind: 'spike', levels: raster.levels }],
  );
  return row(raster.name, `${raster.channels} channels`, picture);
}

function row(name: string, note: string, picture: string): string {
  return `<div class="track"><span>${escapeHtml(name).replaceAll('.', '.<wbr>')}<small>${note}</small></span>${picture}</div>`;
}

function figure(portrait: ClipPortrait, index: number): string {
  const { spectrogram, features } = portrait;
  const answers = portrait.answers
    .slice(0, 3)
    .map(
      ({ label, probability }) =>
        `<li class="${label === portrait.spoken ? 'right' : 'other'}"><span>${escapeHtml(label)}</span>` +
        `${bar(probability, label === portrait.spoken ? 'rate' : 'wrong')}<span>${percentText(probability, 1)}</span></li>`,
    );
  const id = `clip${index}`;
  return (
    `<figure class="portrait"><figcaption><h3>${escapeHtml(portrait.spoken)} <span class="${portrait.reason}">` +
    `${REASONS[portrait.reason]}</span></h3><p class="note">${escapeHtml(portrait.clip)}, ${countText(portrait.spikes)} spikes</p>` +
    `<ol class="answers">${answers.join('')}</ol></figcaption>` +
    row(
      'spectrogram',
      `${spectrogram.bands} mel bands`,
      inkPicture(`${id}-mel`, 'Spectrogram', [spectrogram.frames, spectrogram.bands], 96, [
        { kind: 'spectrum', levels: spectrogramLevels(spectrogram) },
      ]),
    ) +
    row(
      'features',
      `${features.coefficients} × int8`,
      inkPicture(`${id}-mfcc`, 'Features', [features.frames, features.coefficients], 50, featureLevels(features)),
    ) +
    portrait.rasters.map((raster, k) => rasterRow(`${id}-layer${k}`, raster)).join('') +
    `<div class="track time"><span></span><p><span>0 s</span><span>time</span><span>1 s</span></p></div></figure>`
  );
}

/** Draws the spectrogram, the features and the spike rasters of each portrait on one time axis. */
export function portraitFigures(portraits: readonly ClipPortrait[]): string {
  return `<div class="portraits">${portraits.map(figure).join('\n')}</div>`;
}
