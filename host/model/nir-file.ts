import type { Dataset, Group } from 'h5wasm';
import { NetworkError } from '../core/error.js';
import { fileKind, looksLike } from '../core/file-kind.js';
import type { NirArray, NirGraph, NirNode, NirValue } from '../core/interchange/index.js';
import { writeFileAtomically } from '../system/index.js';

/** The version of the `nir` package whose files these are. */
const NIR_VERSION = '1.0.8';

/** A file in the memory of the library; one at a time is enough. */
const PLACE = '/network.nir';

/** The library for HDF5, which takes half a second to start: loaded when it is needed. */
async function openLibrary() {
  const { default: hdf5 } = await import('h5wasm');
  const library = await hdf5.ready;
  // otherwise the library says on stderr what is wrong, and goes on
  library.activate_throwing_error_handler();
  return { File: hdf5.File, FS: library.FS };
}

/**
 * Does work with the clock at 1970: HDF5 writes the time into every dataset, and the library offers no way to leave it
 * out, but the same network must have the same bytes. The work must not be asynchronous.
 */
function withoutTime<T>(work: () => T): T {
  const { now } = Date;
  Date.now = () => 0;
  try {
    return work();
  } finally {
    Date.now = now;
  }
}

function writeValues(group: Group, values: ReadonlyMap<string, NirValue>): void {
  for (const [name, value] of values) {
    if (typeof value === 'string') {
      group.create_dataset({ name, data: value });
      continue;
    }
    const { shape, data } = value;
    const types = data instanceof Int32Array ? '<i' : data instanceof Float32Array ? '<f' : '<d';
    if (shape.length === 0) group.create_dataset({ name, data: data[0], dtype: types });
    else {
      const chunks = [...shape];
      group.create_dataset({
        name,
        data,
        shape: chunks,
        dtype: types,
        chunks,
        compression: 'gzip',
        compression_opts: [4],
      });
    }
  }
}

/**
 * Writes a graph as the `nir` package for Python writes it, in HDF5, completely or not at all. Throws `WriteError`,
 * which names the file.
 */
export async function writeNir(path: string, { nodes, edges, metadata }: NirGraph): Promise<number> {
  const { File, FS } = await openLibrary();
  withoutTime(() => {
    const file = new File(PLACE, 'w');
    file.create_dataset({ name: 'version', data: NIR_VERSION });
    const root = file.create_group('node');
    root.create_dataset({ name: 'type', data: 'NIRGraph' });
    root.create_dataset({ name: 'edges', data: edges.flat(), shape: [edges.length, 2] });
    writeValues(root.create_group('metadata'), metadata);
    const group = root.create_group('nodes');
    for (const [name, { type, values }] of nodes) {
      const node = group.create_group(name);
      node.create_dataset({ name: 'type', data: type });
      writeValues(node, values);
    }
    file.close();
  });
  const bytes = FS.readFile(PLACE);
  FS.unlink(PLACE);
  writeFileAtomically(path, bytes);
  return bytes.length;
}

/** Reads the bytes of a file of the `nir` package. Throws `NetworkError`, which names the file and the fault. */
export async function readNir(bytes: Uint8Array, path: string): Promise<NirGraph> {
  if (fileKind(bytes) !== 'graph') {
    throw new NetworkError(`${path}: not an HDF5 file, expected one that nir.write made${looksLike(bytes)}`);
  }
  const { File, FS } = await openLibrary();
  FS.writeFile(PLACE, bytes);
  try {
    const file = new File(PLACE, 'r');
    try {
      return readGraph(new FileReader(file, path));
    } finally {
      file.close();
    }
  } catch (cause) {
    if (cause instanceof NetworkError) throw cause;
    throw new NetworkError(`${path}: damaged or cut off${reasonOf(cause as Error)}`, { cause });
  } finally {
    FS.unlink(PLACE);
  }
}

/** The innermost reason among the lines of HDF5's error, without the places in its source. */
function reasonOf({ message }: Error): string {
  const reasons = Array.from(message.matchAll(/\(\): (.+)/g), ([, reason]) => reason);
  return reasons.length === 0 ? '' : `: ${reasons[reasons.length - 1]}`;
}

function readGraph(reader: FileReader): NirGraph {
  const root = reader.group(reader.file, 'node', 'expected a graph that nir.write made');
  const type = reader.text(root, 'type');
  if (type !== 'NIRGraph') reader.fail(`node is ${type}, expected NIRGraph`);
  const group = reader.group(root, 'nodes');
  const nodes = new Map<string, NirNode>();
  for (const name of group.keys()) {
    const node = reader.group(group, name);
    const values = reader.values(node);
    const kind = values.get('type');
    if (typeof kind !== 'string') return reader.fail(`node ${name} has no type`);
    values.delete('type');
    nodes.set(name, { type: kind, values });
  }
  const edges = reader.pairs(root, 'edges');
  const metadata = root.keys().includes('metadata') ? reader.values(reader.group(root, 'metadata')) : new Map();
  return { nodes, edges, metadata };
}

/** Takes typed values from a file; what it does not know is refused with its name. */
class FileReader {
  constructor(
    readonly file: Group,
    private readonly path: string,
  ) {}

  fail(fault: string): never {
    throw new NetworkError(`${this.path}: ${fault}`);
  }

  group(parent: Group, name: string, expected = ''): Group {
    const found = parent.get(name);
    if (found === null || !('keys' in found)) {
      return this.fail(`has no group ${name}${expected === '' ? '' : `, ${expected}`}`);
    }
    return found;
  }

  private dataset(parent: Group, name: string): Dataset {
    const found = parent.get(name);
    if (found === null || !('dtype' in found)) return this.fail(`${parent.path} has no ${name}`);
    return found as Dataset;
  }

  text(parent: Group, name: string): string {
    const { value } = this.dataset(parent, name);
    return typeof value === 'string' ? value : this.fail(`${parent.path}/${name} is not text`);
  }

  pairs(parent: Group, name: string): [string, string][] {
    const { value, shape } = this.dataset(parent, name);
    // a graph without edges has an empty array of any type
    const flat = Array.isArray(value) ? value : [];
    const texts = flat.every((item): item is string => typeof item === 'string');
    if (!texts || (flat.length > 0 && shape?.[1] !== 2))
      return this.fail(`${parent.path}/${name} are not pairs of names`);
    return Array.from({ length: flat.length / 2 }, (_, k) => [flat[2 * k] as string, flat[2 * k + 1] as string]);
  }

  /** The datasets of a group; groups in it, such as the metadata of a node, are left out. */
  values(group: Group): Map<string, NirValue> {
    const values = new Map<string, NirValue>();
    for (const name of group.keys()) {
      const found = group.get(name);
      if (found !== null && 'dtype' in found) values.set(name, this.value(group, name));
    }
    return values;
  }

  private value(parent: Group, name: string): NirValue {
    const { value, shape } = this.dataset(parent, name);
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
      return { shape: [], data: Float64Array.of(Number(value)) };
    }
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
      const numbers = Array.from(value as unknown as ArrayLike<number | bigint>, Number);
      return { shape: shape ?? [], data: Float64Array.from(numbers) } satisfies NirArray;
    }
    return this.fail(`${parent.path}/${name} has a type that NIR does not use`);
  }
}
