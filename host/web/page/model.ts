import { operatingPointOf } from '../../core/detection/index.js';
import { checkFrontEnd } from '../../core/kernel/index.js';
import { decodeModel } from '../../core/model/index.js';
import { type NetworkPlan, planNetwork } from '../../core/network/index.js';
import type { OperatingPoint, QuantizedNetwork } from '../../core/quantization/index.js';
import { fetchBytes } from './fetch-bytes.js';

/** A model that is served with the page. */
export interface ShippedModel {
  readonly name: string;
  readonly bytes: number;
  /** Of the file, 64 hexadecimal digits. */
  readonly sha256: string;
  /** The address of its card, if it has one. */
  readonly card?: string;
}

/** A model that was read and checked. */
export interface LoadedModel {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly network: QuantizedNetwork;
  /** The address of its card, if it has one. */
  readonly card?: string;
  readonly plan: NetworkPlan;
  /** How it detects words: as the model says, or the default. */
  readonly point: OperatingPoint;
}

let compiled: Promise<WebAssembly.Module> | null = null;
let list: readonly ShippedModel[] | null = null;

/** Returns the models that are served with the page. The page starts with the first. */
export async function shippedModels(): Promise<readonly ShippedModel[]> {
  list ??= JSON.parse(new TextDecoder().decode(await fetchBytes('models/index.json'))) as readonly ShippedModel[];
  return list;
}

/** Loads a model that is served with the page. */
export async function loadShipped(name: string): Promise<LoadedModel> {
  const { card } = (await shippedModels()).find((model) => model.name === name) ?? {};
  return { ...loadModel(await fetchBytes(`models/${encodeURIComponent(name)}.spkw`), name), card };
}

/** Checks the bytes of a model file, and that the page's front end computes its features. Throws `ModelError`. */
export function loadModel(bytes: Uint8Array, name: string): LoadedModel {
  const network = decodeModel(bytes, name);
  checkFrontEnd(network);
  return { name, bytes, network, plan: planNetwork(network.spec), point: operatingPointOf(network) };
}

/** Returns the compiled kernel. It is fetched when it is needed first: the page shows a model without it. */
export function kernelModule(): Promise<WebAssembly.Module> {
  compiled ??= fetchBytes('kernel.wasm')
    .then((bytes) => WebAssembly.compile(bytes))
    .catch((error) => {
      // the next one who needs it tries again
      compiled = null;
      throw error;
    });
  return compiled;
}
