import { escapeHtml } from '../../core/text/index.js';

/** Puts a table into an element that scrolls sideways on a narrow screen, also by keyboard. */
export function scrolling(label: string, table: string): string {
  return `<div class="scroll" role="region" tabindex="0" aria-label="${escapeHtml(label)}">${table}</div>`;
}

/** Returns a horizontal bar that fills `fraction` of its width. */
export function bar(fraction: number, kind: 'rate' | 'wrong'): string {
  return `<span class="bar ${kind}"><i style="width:${(100 * Math.min(1, fraction)).toFixed(1)}%"></i></span>`;
}
