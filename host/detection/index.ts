export { levelDbfs } from './level.js';
export { type Listener, type ListenOptions, type ListenSummary, listen } from './listen.js';
export { clockText, detectionInColour, detectionText, ListenView, type ViewState, viewLines } from './listen-view.js';
export * from './portable.js';
export * from './stream/index.js';
