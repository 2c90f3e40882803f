import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join, relative, sep } from 'node:path';
import { readModel } from '../model/index.js';
import { packagePath, WebError } from '../system/index.js';

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
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.wav': 'audio/wav',
  '.spkw': 'application/octet-stream',
  '.safetensors': 'application/octet-stream',
};

const MODEL_LIST = 'models/index.json';

/**
 * Returns the files of the page that `npm run build` made, keyed by their address without the leading slash. If a model
 * path is given, that model is added, and the page starts with it. Throws `WebError` if the page was not built and
 * `ModelError` if the model is bad.
 */
export function pageFiles(modelPath?: string): ReadonlyMap<string, PageFile> {
  const folder = packagePath('dist/web');
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (cause) {
    throw new WebError(`${folder}: the page was not built; run npm run build`, { cause });
  }
  const files = new Map<string, PageFile>();
  for (const name of names) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const address = relative('.', name).split(sep).join('/');
    files.set(address, { bytes: readFileSync(join(folder, name)), type });
  }
  if (modelPath !== undefined) addModel(files, modelPath);
  return files;
}

/** Puts a model first in the list of models. */
function addModel(files: Map<string, PageFile>, path: string): void {
  const { bytes } = readModel(path);
  const name = basename(path, extname(path));
  const listed = files.get(MODEL_LIST);
  const list: { name: string }[] = listed === undefined ? [] : JSON.parse(new TextDecoder().decode(listed.bytes));
  const first = [{ name, bytes: bytes.length }, ...list.filter((model) => model.name !== name)];
  files.set(MODEL_LIST, { bytes: new TextEncoder().encode(JSON.stringify(first)), type: TYPES['.json'] });
  files.set(`models/${name}.spkw`, { bytes, type: TYPES['.spkw'] });
}
