// Makes an export beside the page: it computes for a second or two.
import {
  detecting,
  type ExportedModel,
  type ExportKernel,
  type ExportParts,
  exportedModel,
  exportFiles,
  targets,
  zipped,
  zippedFolder,
} from '../../../core/export/index.js';
import { crc32, decodeModel } from '../../../core/model/index.js';
import { fetchBytes } from '../fetch-bytes.js';
import type { Made, Order } from './order.js';

const KERNELS: readonly ExportKernel[] = ['kernel', 'kernel-portable', 'kernel-apart'];

async function partsFrom(base: string): Promise<ExportParts> {
  const wasm = KERNELS.map(async (name) => [name, await fetchBytes(`${name}.wasm`, base)] as const);
  const texts = JSON.parse(new TextDecoder().decode(await fetchBytes('export.json', base)));
  return { ...texts, wasm: Object.fromEntries(await Promise.all(wasm)) };
}

interface Prepared {
  readonly parts: ExportParts;
  readonly model: ExportedModel;
}

/** The model that was exported last: the next form of it needs no second self test. */
let [lastKey, last]: [string, Promise<Prepared> | null] = ['', null];

function prepared(order: Order): Promise<Prepared> {
  const key = JSON.stringify([order.name, order.changes, crc32(order.bytes)]);
  if (key === lastKey && last !== null) return last;
  const now = prepare(order);
  [lastKey, last] = [key, now];
  // a server that is away may come back
  now.catch(() => {
    last = null;
  });
  return now;
}

async function prepare({ base, bytes, name, changes }: Order): Promise<Prepared> {
  const parts = await partsFrom(base);
  const changed = detecting({ bytes, network: decodeModel(bytes, name) }, changes);
  const kernel = await WebAssembly.compile(parts.wasm.kernel);
  return { parts, model: exportedModel(changed.bytes, changed.network, name, kernel) };
}

async function make(order: Order): Promise<Made> {
  const { target: wanted } = order;
  const target = targets.find((known) => known.name === wanted);
  if (target === undefined) throw new RangeError(wanted);
  const { parts, model } = await prepared(order);
  const { files, ramBytes, leastRamBytes, testWords } = exportFiles([model], target, parts);
  const zip = zipped(zippedFolder(model), files);
  return { zip, files: files.size, ramBytes, leastRamBytes, testWord: testWords[0] };
}

const page = self as unknown as Worker;
page.onmessage = async ({ data }: MessageEvent<Order>) => {
  try {
    page.postMessage(await make(data));
  } catch (error) {
    page.postMessage({ fault: (error as Error).message } satisfies Made);
  }
};
