// The kernel for a module that brings its model, for runtimes with bulk memory: its weights are not in memory, but are
// copied there layer by layer.

/** Other files check only whether this exists. */
@global
class WeightsApart {}

export { abiVersion, begin, detect, hear, infer, listen, loadEmbedded, push, query, reset, step, work } from './index';
export { _start, selfTest } from './index-portable';
