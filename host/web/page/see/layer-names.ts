import type { NetworkPlan } from '../../../core/network/index.js';

/** Returns the names of a network's layers in words, [layer]: first convolution; block 2, second convolution. */
export function layerNames({ layers }: NetworkPlan): string[] {
  let block = 0;
  return layers.map(({ name }) => {
    if (name.endsWith('.conv1')) block++;
    if (name.endsWith('.conv1')) return `block ${block}, first convolution`;
    return name.endsWith('.conv2') ? `block ${block}, second convolution` : 'first convolution';
  });
}
