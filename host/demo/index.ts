export { DEMO_FOLDER, type DemoOptions, type DemoResult, runDemo } from './demo.js';
export { DemoError } from './folder.js';
