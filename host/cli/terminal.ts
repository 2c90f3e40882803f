import { COLOURS, type Ink, PLAIN, TEXT_COLUMNS, wrapText } from '../core/text/index.js';

/** The properties of stdout or stderr that are used here. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  hasColors?(): boolean;
}

/**
 * Returns the colours for an output. `FORCE_COLOR` turns them on everywhere, and off with 0 or false; otherwise
 * `NO_COLOR` turns them off (no-color.org); otherwise a terminal has them if it can show them.
 */
export function inkOf(output: Output, env: NodeJS.ProcessEnv = process.env): Ink {
  const { FORCE_COLOR: forced, NO_COLOR: none } = env;
  if (forced !== undefined) return forced === '0' || forced === 'false' ? PLAIN : COLOURS;
  if (none !== undefined && none !== '') return PLAIN;
  return output.isTTY === true && output.hasColors?.() !== false ? COLOURS : PLAIN;
}

/** Returns the number of columns of an output: those of a terminal, otherwise 80. */
export function widthOf({ isTTY, columns }: Output): number {
  return isTTY === true && columns !== undefined && columns > 0 ? columns : TEXT_COLUMNS;
}

/** Writes text on stderr, for messages that are not results. */
export function say(text: string): void {
  process.stderr.write(`${wrapText(text, widthOf(process.stderr))}\n`);
}

/** Writes a warning on stderr. */
export function warn(text: string): void {
  say(`${inkOf(process.stderr).warning('warning:')} ${text}`);
}

/** Writes a sentence on stderr: wrapped on a terminal, elsewhere on one line, for logs and `grep`. */
export function saySentence(text: string): void {
  if (process.stderr.isTTY) say(text);
  else process.stderr.write(`${text}\n`);
}

/** Writes an error on stderr, with the name of its kind (`saySentence`). */
export function sayError(name: string, message: string): void {
  saySentence(`${inkOf(process.stderr).error(`${name}:`)} ${message}`);
}
