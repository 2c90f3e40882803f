import { PAGE_THEME } from '../../core/text/index.js';

/** The style sheet of the report: system fonts, two themes, and one column of cards that adapts to narrow screens. */
export const STYLE = `${PAGE_THEME}
:root {
  --right: 28 95 192; --wrong: 200 66 12; --spike: #1b1d20;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  font-variant-numeric: tabular-nums;
}
@media (prefers-color-scheme: dark) {
  :root {
    --right: 112 170 255; --wrong: 255 142 82; --spike: #eceef0;
  }
}
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { font-size: 19px; margin: 0 0 4px; }
h3 { font-size: 16px; margin: 0; }
p { margin: 0; }
.subtitle { color: var(--muted); margin: 6px 0 28px; }
.note, .lead { color: var(--muted); font-size: 13px; }
.note.warning { color: rgb(var(--wrong)); }
.lead { margin-bottom: 16px; max-width: 70ch; }
small { font-size: 0.65em; font-weight: 500; color: var(--muted); }
section.card, .hero, .tile { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; }
section.card { padding: 22px 24px 24px; margin-top: 20px; }
.headline { display: grid; grid-template-columns: minmax(260px, 2fr) 5fr; gap: 12px; }
.hero { padding: 20px 22px; display: flex; flex-direction: column; }
.hero .name { font-weight: 600; }
.hero .figure { font-size: 48px; line-height: 1.15; font-weight: 650; letter-spacing: -0.02em; color: rgb(var(--right)); }
.interval { width: 100%; margin-top: auto; padding-top: 12px; }
.interval .axis { stroke: var(--rule); stroke-width: 3; stroke-linecap: round; }
.interval .range { fill: rgb(var(--right) / 0.35); }
.interval .point { fill: rgb(var(--right)); }
.interval text { fill: var(--muted); font-size: 11px; }
.tiles { display: grid; grid-template-columns: repeat(3, 1fr); gap: 12px; margin: 0; }
.tile { padding: 14px 16px; }
.tile dt { font-weight: 600; font-size: 13px; }
.tile dd { margin: 0; font-size: 23px; font-weight: 600; line-height: 1.3; }
.tile dd.note { font-size: 12.5px; font-weight: 400; line-height: 1.4; margin-top: 4px; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
.scroll:focus-visible { outline: 2px solid rgb(var(--right)); outline-offset: 4px; }
table { border-collapse: collapse; }
.figures { width: 100%; }
.figures th, .figures td { padding: 6px 10px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--rule); font-weight: 400; }
.figures thead th { color: var(--muted); font-size: 13px; }
.figures th:first-child, .figures .start { text-align: left; }
.figures .start { padding-left: 24px; }
.figures th:first-child, .figures td:first-child { padding-left: 0; }
.figures tbody tr:last-child > * { border-bottom: 0; }
.figures .text { text-align: left; }
.figures .wide { width: 28%; min-width: 120px; }
.bar { display: block; height: 10px; border-radius: 2px; background: var(--rule); }
.bar i { display: block; height: 100%; border-radius: 2px; }
.bar.rate i { background: rgb(var(--right)); }
.bar.wrong i { background: rgb(var(--wrong)); }
.confusion { font-size: 12.5px; margin: 0 auto; }
.confusion th { font-weight: 400; }
.confusion thead th { vertical-align: bottom; padding: 0 0 6px; }
.confusion thead th span { writing-mode: vertical-rl; transform: rotate(180deg); }
.confusion tbody th, .confusion tfoot th { text-align: right; padding-right: 8px; white-space: nowrap; position: sticky; left: 0; background: var(--card); }
.confusion .corner { position: sticky; left: 0; background: var(--card); }
.confusion td { text-align: center; padding: 0; min-width: 36px; height: 30px; border: 1px solid var(--card); }
.confusion tbody td:not(.margin) { background: rgb(128 128 128 / 0.06); }
.confusion tbody td.hit { background: rgb(var(--right) / var(--tint, 0)); font-weight: 600; }
.confusion tbody td.miss { background: rgb(var(--wrong) / var(--tint, 0)); }
.confusion td.margin, .confusion th.margin, .confusion tfoot th { color: var(--muted); }
.confusion td.margin { min-width: 42px; }
.confusion.many { font-size: 10.5px; }
.confusion.many td { min-width: 23px; height: 23px; }
.confusion.many td.margin { min-width: 32px; }
.confusion.many tfoot td.margin { min-width: 23px; }
.portraits { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 460px), 1fr)); gap: 32px 36px; }
.portrait { margin: 0; min-width: 0; }
.portrait h3 { font-size: 18px; }
.portrait h3 span { font-size: 12px; font-weight: 600; padding: 2px 8px; border-radius: 99px; vertical-align: 2px; margin-left: 4px; }
.portrait h3 .typical { color: rgb(var(--right)); background: rgb(var(--right) / 0.12); }
.portrait h3 .mistake { color: rgb(var(--wrong)); background: rgb(var(--wrong) / 0.12); }
.portrait h3 .chosen { color: var(--muted); background: rgb(128 128 128 / 0.15); }
.portrait .note { overflow-wrap: anywhere; }
.answers { list-style: none; margin: 8px 0 14px; padding: 0; font-size: 13px; }
.answers li { display: grid; grid-template-columns: 124px 1fr 56px; gap: 10px; align-items: center; }
.answers li > :last-child { text-align: right; }
.answers .right { font-weight: 600; }
.track { display: grid; grid-template-columns: 124px 1fr; gap: 10px; align-items: center; margin-bottom: 5px; font-size: 11px; line-height: 1.25; }
.track small { display: block; font-size: 10.5px; font-weight: 400; }
.track.time p { display: flex; justify-content: space-between; color: var(--muted); }
.ink { display: block; width: 100%; background: rgb(128 128 128 / 0.08); border-radius: 3px; }
.ink image { image-rendering: pixelated; }
.ink .spectrum { fill: var(--ink); }
.ink .positive { fill: rgb(var(--right)); }
.ink .negative { fill: rgb(var(--wrong)); }
.ink .spike { fill: var(--spike); }
.provenance { display: grid; grid-template-columns: max-content 1fr; gap: 6px 24px; margin: 12px 0 0; }
.provenance dt { color: var(--muted); }
.provenance dd { margin: 0; overflow-wrap: anywhere; }
footer { color: var(--muted); font-size: 12.5px; margin-top: 24px; }
@media (max-width: 860px) {
  main { padding: 24px 14px 40px; }
  section.card { padding: 18px 16px; }
  .headline { grid-template-columns: 1fr; }
  .tiles { grid-template-columns: repeat(2, 1fr); }
}
@media (max-width: 520px) {
  .tiles { gap: 8px; }
  .tile { padding: 12px; }
  .tile dd { font-size: 20px; }
  .track, .answers li { grid-template-columns: 84px 1fr; }
  .answers li { grid-template-columns: 84px 1fr 52px; }
}
@media print { section.card, .portrait { break-inside: avoid; } }
`;
