const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as HTML; file names and labels come from outside. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character]);
}

/** A table that scrolls sideways on a narrow screen, reachable by keyboard. */
export function scrolling(label: string, table: string): string {
  return `<div class="scroll" role="region" tabindex="0" aria-label="${escapeHtml(label)}">${table}</div>`;
}

/** A horizontal bar, `fraction` of the width that the style gives it. */
export function bar(fraction: number, kind: 'rate' | 'wrong'): string {
  return `<span class="bar ${kind}"><i style="width:${(100 * Math.min(1, fraction)).toFixed(1)}%"></i></span>`;
}
