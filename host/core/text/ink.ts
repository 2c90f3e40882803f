/** How a terminal sets off the few words that matter most. Every function returns its text, perhaps in a colour. */
export interface Ink {
  /** Something that went wrong. */
  error(text: string): string;
  /** Something to think about before a figure is believed. */
  warning(text: string): string;
  /** The best of several. */
  best(text: string): string;
  /** Something that was not recognised, or not heard. */
  miss(text: string): string;
  /** A word that was heard. */
  heard(text: string): string;
}

const as = (text: string): string => text;

/** No colours: for files, pipes, and everyone who asked for none. */
export const PLAIN: Ink = { error: as, warning: as, best: as, miss: as, heard: as };

const ESCAPE = String.fromCharCode(27);

/** Returns a function that wraps text in a colour and the code that ends it (ECMA-48, Select Graphic Rendition). */
const painted =
  (begin: number, end: number) =>
  (text: string): string =>
    text === '' ? '' : `${ESCAPE}[${begin}m${text}${ESCAPE}[${end}m`;

/** The colours of a terminal. Its own palette decides how they look, so they can be read on light and dark ground. */
export const COLOURS: Ink = {
  error: painted(31, 39),
  warning: painted(33, 39),
  best: painted(32, 39),
  miss: painted(31, 39),
  heard: painted(1, 22),
};

const CODES = new RegExp(`${ESCAPE}\\[\\d+m`, 'g');

/** Returns how many columns text takes on a terminal: its characters, without the codes of colours. */
export function columnsOf(text: string): number {
  return [...text.replace(CODES, '')].length;
}
