export { runPage } from './page.js';
