export { escapeHtml, PAGE_THEME } from './html.js';
export { COLOURS, columnsOf, type Ink, PLAIN } from './ink.js';
export * from './numbers.js';
export { fillSentence } from './sentence.js';
export { shellQuoted } from './shell.js';
export { type Column, left, right, textBar, textTable } from './table.js';
export { TEXT_COLUMNS, wrapLine, wrapText } from './wrap.js';
