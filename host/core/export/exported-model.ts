import type { CompiledModule } from '../compiled-module.js';
import { checkFrontEnd, Kernel } from '../kernel/index.js';
import { alignedTo16, paddedChannels, thresholdRows } from '../model/index.js';
import { planNetwork } from '../network/index.js';
import type { QuantizedNetwork } from '../quantization/index.js';
import { type SelfTest, selfTest } from './self-test.js';

/** A model for an export. */
export interface ExportedModel {
  /** Part of file names and identifiers: lower-case letters, digits and `_`. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly network: QuantizedNetwork;
  readonly test: SelfTest;
  /** RAM of the kernel in which the model fits and lays out every layer once, in bytes; a multiple of 16. */
  readonly ramBytes: number;
  /** RAM of the kernel that the model needs; a multiple of 16. */
  readonly leastRamBytes: number;
}

/** Turns any text into a part of an identifier of C. */
export function identifier(text: string): string {
  return text.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_+|_+$/g, '') || 'x';
}

/**
 * Prepares a model for an export.
 *
 * @param bytes a model file, checked, and decoded to `network`
 * @param name becomes part of file names and identifiers
 * @param kernel kernel.wasm, compiled
 */
export function exportedModel(
  bytes: Uint8Array,
  network: QuantizedNetwork,
  name: string,
  kernel: CompiledModule,
): ExportedModel {
  checkFrontEnd(network);
  // margins, and biases for each row of thresholds, as in assembly/inference/network/prepared.ts; the stem has none
  const laidOut = network.layers.slice(1).reduce((sum, { thresholds, bias }) => {
    return sum + paddedChannels(bias.length) * 2 * (1 + thresholdRows(thresholds, bias.length));
  }, 0);
  const { ramBytes } = Kernel.bindDecoded(bytes, network, kernel);
  return {
    name: identifier(name).toLowerCase(),
    bytes,
    network,
    test: selfTest(kernel, bytes, planNetwork(network.spec), ramBytes),
    ramBytes: alignedTo16(ramBytes + (network.spec.padding === 'valid' ? laidOut : 0)),
    leastRamBytes: alignedTo16(ramBytes),
  };
}
