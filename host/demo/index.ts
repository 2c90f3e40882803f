export { DEMO_FOLDER, type DemoResult, runDemo } from './demo.js';
