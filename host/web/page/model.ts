import { operatingPointOf } from '../../core/detection/index.js';
import { Kernel } from '../../core/kernel/index.js';
import { decodeModel } from '../../core/model/index.js';
import { type NetworkPlan, planNetwork } from '../../core/network/index.js';
import type { OperatingPoint, QuantizedNetwork } from '../../core/quantization/index.js';

/** A model that is served with the page. */
export interface ShippedModel {
  readonly name: string;
  readonly bytes: number;
  /** Of the file, 64 hexadecimal digits. */
  readonly sha256: string;
  /** The address of its card, if it has one. */
  readonly card?: string;
}

/** A model that was read and checked, and that the kernel accepts. */
export interface LoadedModel {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly network: QuantizedNetwork;
  /** The address of its card, if it has one. */
  readonly card?: string;
  readonly plan: NetworkPlan;
  /** How it detects words: as the model says, or the default. */
  readonly point: OperatingPoint;
  /** The compiled kernel. */
  readonly module: WebAssembly.Module;
  /** Returns a new kernel for this model: each user needs its own. */
  kernel(): Kernel;
}

/** Fetches a file that is served with the page. Throws an error that says what to do. */
export async function fetchBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(path).catch((cause) => {
    throw new Error(
      `${path} cannot be loaded. Is spikeword web still running? If not, start it again and reload the page.`,
      {
        cause,
      },
    );
  });
  if (!response.ok) throw new Error(`${path} cannot be loaded: the server answered with status ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}

let kernelModule: WebAssembly.Module | null = null;
let list: readonly ShippedModel[] | null = null;

/** Returns the models that are served with the page. The page starts with the first. */
export async function shippedModels(): Promise<readonly ShippedModel[]> {
  list ??= JSON.parse(new TextDecoder().decode(await fetchBytes('models/index.json'))) as readonly ShippedModel[];
  return list;
}

/** Loads a model that is served with the page. */
export async function loadShipped(name: string): Promise<LoadedModel> {
  const { card } = (await shippedModels()).find((model) => model.name === name) ?? {};
  return { ...(await loadModel(await fetchBytes(`models/${encodeURIComponent(name)}.spkw`), name)), card };
}

/** Checks the bytes of a model file and binds them to the kernel. Throws `ModelError`. */
export async function loadModel(bytes: Uint8Array, name: string): Promise<LoadedModel> {
  const network = decodeModel(bytes, name);
  kernelModule ??= await WebAssembly.compile(await fetchBytes('kernel.wasm'));
  const module = kernelModule;
  const kernel = (): Kernel => Kernel.bindDecoded(bytes, network, module);
  kernel().beginStream(); // throws if the front end does not compute the model's features
  return { name, bytes, network, plan: planNetwork(network.spec), point: operatingPointOf(network), module, kernel };
}
