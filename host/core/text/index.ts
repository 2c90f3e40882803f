export { type Column, left, right, textBar, textTable } from './table.js';
