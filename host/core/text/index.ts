export { escapeHtml, PAGE_THEME } from './html.js';
export * from './numbers.js';
export { fillSentence } from './sentence.js';
export { type Column, left, right, textBar, textTable } from './table.js';
