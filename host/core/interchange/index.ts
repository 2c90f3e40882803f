export { checkMapping, foreignNetwork, type LayerMapping, type TensorMapping } from './foreign-tensors.js';
export { type GraphImport, graphToNetwork } from './graph-to-network.js';
export { networkToGraph } from './network-to-graph.js';
export type { NirArray, NirGraph, NirNode, NirValue } from './nir-graph.js';
