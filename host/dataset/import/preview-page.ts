import { escapeHtml, PAGE_THEME } from '../../core/text/index.js';
import { encodeWav } from '../../core/wav/index.js';
import type { ImportedCut, ImportedFile } from './import-recordings.js';

const STYLE = `${PAGE_THEME}
:root { --word: #1c5fc0; font: 15px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
@media (prefers-color-scheme: dark) { :root { --word: #70aaff; } }
main { max-width: 960px; margin: 0 auto; padding: 32px 20px 48px; }
h1 { font-size: 26px; margin: 0; }
h2 { font-size: 17px; margin: 28px 0 8px; overflow-wrap: anywhere; }
.muted { color: var(--muted); }
ul { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(260px, 1fr)); gap: 12px; }
li { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 12px; }
svg { display: block; width: 100%; height: 56px; }
path { stroke: var(--word); stroke-width: 1; }
audio { width: 100%; height: 36px; margin-top: 8px; }
`;

/** Returns a self-contained page on which every cut can be seen and heard. */
export function previewPage(word: string, files: readonly ImportedFile[]): string {
  const clips = files.flatMap(({ cuts }) => cuts).filter(({ clip }) => clip !== null).length;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(word)}: ${clips} clips</title><style>${STYLE}</style></head>
<body><main><h1>${escapeHtml(word)}</h1><p class="muted">clips: ${clips}, from recordings: ${files.length}</p>
${files.map(filePart).join('\n')}
</main></body></html>
`;
}

function filePart({ file, speaker, cuts, fault }: ImportedFile): string {
  const title = `<h2>${escapeHtml(file)} <span class="muted">speaker ${escapeHtml(speaker)}</span></h2>`;
  const left = cuts.filter(({ clip }) => clip === null).map((cut) => `${placeOf(cut)}: ${cut.reason}`);
  const note = [...(fault === null ? [] : [fault]), ...left].map(escapeHtml).join('<br>');
  const items = cuts.filter(({ clip }) => clip !== null).map(clipPart);
  return `${title}${note === '' ? '' : `<p class="muted">${note}</p>`}<ul>${items.join('')}</ul>`;
}

function clipPart(cut: ImportedCut): string {
  const clip = cut.clip ?? new Int16Array();
  const sound = Buffer.from(encodeWav(clip)).toString('base64');
  return `<li><span>${placeOf(cut)}, ${cut.levelDbfs.toFixed(0)} dB</span>${waveform(clip)}<audio controls preload="none" src="data:audio/wav;base64,${sound}"></audio></li>`;
}

const placeOf = ({ fromSeconds, toSeconds }: ImportedCut): string =>
  `${fromSeconds.toFixed(2)} to ${toSeconds.toFixed(2)} s`;

const COLUMNS = 250;
const HALF_HEIGHT = 28;

/** Draws the greatest and least sample of each column, the loudest as high as the picture. */
function waveform(clip: Int16Array): string {
  const peak = clip.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1);
  const lines = Array.from({ length: COLUMNS }, (_, x) => {
    const column = clip.subarray((x * clip.length) / COLUMNS, ((x + 1) * clip.length) / COLUMNS);
    const y = (sample: number): string => (HALF_HEIGHT * (1 - sample / peak)).toFixed(1);
    return `M${x + 0.5} ${y(Math.max(...column))}V${y(Math.min(...column))}`;
  });
  return `<svg viewBox="0 0 ${COLUMNS} ${2 * HALF_HEIGHT}" preserveAspectRatio="none" aria-hidden="true"><path d="${lines.join('')}"/></svg>`;
}
