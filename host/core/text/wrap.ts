import { columnsOf } from './ink.js';

/** The width of everything that is printed: that of a terminal nobody has changed. */
export const TEXT_COLUMNS = 80;

/** A label that is longer than this has no column of its own: what follows it is wrapped below its beginning. */
const LONGEST_LABEL = 40;

/** Returns the column where further lines begin: that of the text after a label, or else that of the first letter. */
function hangingIndent(line: string): number {
  const label = /^ *\S(?: ?\S)* {2,}(?=\S)/.exec(line)?.[0].length ?? Number.POSITIVE_INFINITY;
  return label <= LONGEST_LABEL ? label : (/^ */.exec(line)?.[0].length ?? 0);
}

/** What does not begin a line, because it belongs to the number before it: signs and units. */
const AFTER_NUMBER = /^ (?:[%×=≤≥…]|(?:ns|ms|s|min|h|dB|Hz|kHz|MHz|B|kB|KiB|MiB|bytes)(?!\p{L}))/u;
/** What does not end a line, because a number follows. */
const BEFORE_NUMBER = /[=≤≥]$/;

/** Returns the parts of a line between which it may be broken, each with the spaces before it. */
function partsOf(line: string): string[] {
  const parts: string[] = [];
  for (const word of line.match(/ *\S+/g) ?? []) {
    const before = parts.at(-1) ?? '';
    const belongs = before !== '' && (AFTER_NUMBER.test(word) || BEFORE_NUMBER.test(before));
    if (belongs) parts[parts.length - 1] += word;
    else parts.push(word);
  }
  return parts;
}

/**
 * Breaks a line at its spaces into lines of at most `columns` characters. A number stays with its sign and its unit
 * (`95 %`, `θ = 0.1`). A word that is longer than a line, such as a path, stands on a line of its own.
 *
 * @param indent the column where further lines begin; default: below the text after the label of the line
 */
export function wrapLine(line: string, columns = TEXT_COLUMNS, indent = hangingIndent(line)): string[] {
  if (columnsOf(line) <= columns) return [line];
  const lines: string[] = [];
  let current = '';
  for (const part of partsOf(line)) {
    if (current === '' || columnsOf(current + part) <= columns) {
      current += part;
      continue;
    }
    lines.push(current);
    const word = part.trimStart();
    current = ' '.repeat(Math.max(0, Math.min(indent, columns - columnsOf(word)))) + word;
  }
  return [...lines, current];
}

/** Returns text with every line wrapped that is longer than `columns` characters (`wrapLine`). */
export function wrapText(text: string, columns = TEXT_COLUMNS): string {
  return text
    .split('\n')
    .flatMap((line) => wrapLine(line, columns))
    .join('\n');
}
