import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join, relative, sep } from 'node:path';
import { readModel } from '../model/index.js';
import { packagePath, WebError } from '../system/index.js';
import { digestOf, offlineCode } from './offline-list.js';

/** A file that the server sends, and its content type. */
export interface PageFile {
  readonly bytes: Uint8Array;
  readonly type: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
  '.wav': 'audio/wav',
  '.md': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};
const OTHER_TYPE = 'application/octet-stream';

const MODEL_LIST = 'models/index.json';
const SERVICE_WORKER = 'service-worker.js';

const digests = new WeakMap<PageFile, string>();

/** The SHA-256 of a file, 64 hexadecimal digits. A file is read for it once. */
export function fileDigest(file: PageFile): string {
  const digest = digests.get(file) ?? digestOf(file.bytes);
  digests.set(file, digest);
  return digest;
}

/**
 * Returns the files of the page that `npm run build` made, keyed by their address without the leading slash. If a model
 * path is given, that model is added, and the page starts with it. Throws `WebError` if the page was not built and
 * `ModelError` if the model is bad.
 */
export function pageFiles(modelPath?: string): ReadonlyMap<string, PageFile> {
  const folder = packagePath('dist/web');
  const files = new Map<string, PageFile>();
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const address = relative(folder, path).split(sep).join('/');
      files.set(address, { bytes: readFileSync(path), type: TYPES[extname(path)] ?? OTHER_TYPE });
    }
  } catch (cause) {
    throw new WebError(`${folder}: the page was not built; run npm run build`, { cause });
  }
  if (modelPath !== undefined) addModel(files, modelPath);
  return files;
}

/** Puts a model first in the list of models, and into the list of files that the page keeps for when it is offline. */
function addModel(files: Map<string, PageFile>, path: string): void {
  const { bytes } = readModel(path);
  const name = basename(path, extname(path));
  const text = (file: PageFile | undefined): string => new TextDecoder().decode(file?.bytes);
  const put = (address: string, content: string | Uint8Array): void => {
    const own = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    files.set(address, { bytes: own, type: TYPES[extname(address)] ?? OTHER_TYPE });
  };
  const list: { name: string }[] = JSON.parse(text(files.get(MODEL_LIST)) || '[]');
  const first = [
    { name, bytes: bytes.length, sha256: digestOf(bytes) },
    ...list.filter((model) => model.name !== name),
  ];
  put(MODEL_LIST, JSON.stringify(first));
  put(`models/${name}.spkw`, bytes);
  const worker = files.get(SERVICE_WORKER);
  if (worker === undefined) return;
  files.delete(SERVICE_WORKER);
  const listed = [...files].map(([address, file]) => [address, fileDigest(file)] as const);
  put(SERVICE_WORKER, offlineCode(listed, text(worker)));
}
