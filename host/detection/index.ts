export { type Listener, type ListenOptions, type ListenSummary, listen } from './listen.js';
export { detectionInColour, detectionText, ListenView } from './listen-view.js';
export { evaluateStreams, type StreamReport } from './stream/evaluate.js';
export { streamText } from './stream/text.js';
export { type TuneResult, tuneModel } from './stream/tune.js';
