import { type Evidence, evidenceWarnings, voicesText } from '../../core/statistics/index.js';
import { escapeHtml, PAGE_THEME, percentText } from '../../core/text/index.js';
import type { TrainingConfig } from '../config.js';
import type { EpochLog } from '../epoch-log.js';
import { type Chart, drawChart, type Series } from './chart.js';

const COLOURS = [
  '#1c5fc0',
  '#c8420c',
  '#1f7a4d',
  '#8a3fb0',
  '#a07400',
  '#0b7f8f',
  '#b02a5b',
  '#5a6470',
  '#6b8e23',
  '#7a4b2a',
];
const DARK = [
  '#70aaff',
  '#ff8e52',
  '#5fd39a',
  '#cf9aef',
  '#e3bd4f',
  '#58d0e0',
  '#ff86b3',
  '#b4bdc7',
  '#b6d96a',
  '#d9a679',
];
const colours = (list: readonly string[]): string => list.map((value, k) => `.c${k} { --line: ${value}; }`).join(' ');

const STYLE = `${PAGE_THEME}
:root { font: 15px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
${colours(COLOURS)}
@media (prefers-color-scheme: dark) { ${colours(DARK)} }
main { max-width: 1240px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 0 0 8px; }
.warning { font-weight: 600; }
.muted { color: var(--muted); margin: 6px 0 24px; max-width: 80ch; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 520px), 1fr)); gap: 16px; }
.card { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 18px 20px; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { fill: var(--muted); font-size: 12px; }
.y { text-anchor: end; } .x { text-anchor: middle; }
.grid { stroke: var(--rule); } .mark { stroke: var(--muted); stroke-dasharray: 3 3; }
polyline { fill: none; stroke: var(--line); stroke-width: 2; stroke-linejoin: round; }
.dot { fill: var(--line); opacity: 0; } .dot:hover { opacity: 1; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 8px 0 0; padding: 0; font-size: 13px; }
.legend i { display: inline-block; width: 14px; height: 3px; margin-right: 6px; vertical-align: middle; background: var(--line); }
`;

const perCent = (value: number): string => percentText(value, 1);
const short = (value: number): string => `${Number(value.toPrecision(3))}`;

/**
 * Returns a self-contained page with the curves of a run. `log` has at least one epoch.
 *
 * @param evidence what is behind the figures on validation; null if the run does not say
 */
export function runPage(
  name: string,
  config: TrainingConfig,
  log: readonly EpochLog[],
  evidence: Evidence | null = null,
): string {
  const best = log.findLast((epoch) => epoch.best) ?? log[log.length - 1];
  const series = (text: string, of: (epoch: EpochLog) => number | null): Series => ({
    name: text,
    values: log.map(of),
  });
  const perLayer = (of: (epoch: EpochLog) => Readonly<Record<string, number>>): Series[] =>
    Object.keys(of(log[0])).map((layer) => series(layer, (epoch) => of(epoch)[layer] ?? null));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const charts: (Omit<Chart, 'marked'> | null)[] = [
    {
      title: 'Loss',
      series: [series('training', ({ loss }) => loss), series('validation', ({ validationLoss }) => validationLoss)],
      text: short,
    },
    {
      title: 'Accuracy',
      series: [
        series('training', ({ trainingAccuracy }) => trainingAccuracy),
        series('validation', ({ validationAccuracy }) => validationAccuracy),
      ],
      text: perCent,
    },
    log.every(({ validationMissRate }) => validationMissRate === null)
      ? null
      : {
          title: 'Words missed in validation streams',
          series: [series('missed', ({ validationMissRate }) => validationMissRate)],
          text: perCent,
        },
    log[0].spikesPerNeuron === null
      ? null
      : {
          title: 'Spikes per neuron',
          series: [
            series('mean', ({ spikesPerNeuron }) => spikesPerNeuron?.mean ?? null),
            ...perLayer(({ spikesPerNeuron }) => spikesPerNeuron?.layers ?? {}),
          ],
          text: short,
        },
    Object.keys(log[0].thresholds).length === 0
      ? null
      : {
          title: 'Thresholds, mean over the timesteps',
          series: perLayer(({ thresholds }) =>
            Object.fromEntries(Object.entries(thresholds).map(([layer, values]) => [layer, mean(values)])),
          ),
          text: short,
        },
    {
      title: 'Learning rate at the end of the epoch',
      series: [series('learning rate', ({ learningRate }) => learningRate)],
      text: short,
    },
  ];
  const drawn = charts.flatMap((chart) => (chart === null ? [] : [drawChart({ ...chart, marked: best.epoch })]));
  const reached =
    best.validationMissRate === null
      ? `${percentText(best.validationAccuracy)} of the validation clips recognised`
      : `${perCent(best.validationMissRate)} of the words missed in validation streams`;
  const behind = evidence === null ? '' : `, ${voicesText(evidence.voices)}`;
  const warnings = (evidence === null ? [] : evidenceWarnings(evidence)).map(
    (warning) => `<p class="muted warning">Validation: ${escapeHtml(warning)}.</p>\n`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(name)}</title><style>${STYLE}</style></head>
<body><main><h1>${escapeHtml(name)}</h1>
<p class="muted">${escapeHtml(config.task)}, ${config.network.neuron}, T = ${config.network.timesteps}, seed ${config.seed}, ${log.length} of ${config.epochs} epochs. Best epoch ${best.epoch} (dashed): ${reached}${behind}.</p>
${warnings.join('')}<div class="charts">${drawn.join('\n')}</div></main></body></html>
`;
}
