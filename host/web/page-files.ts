import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join, relative, sep } from 'node:path';
import { readModel } from '../model/index.js';
import { packagePath, WebError } from '../system/index.js';

/** A file as it is served. */
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
  '.spkw': 'application/octet-stream',
};

const MODEL_LIST = 'models/index.json';

/**
 * The files of the page that `npm run build` made, by their address without the leading slash. With a model (a path),
 * that one lies beside the page too, and the page begins with it. Throws `WebError` where there is no page,
 * `ModelError` for a bad model.
 */
export function pageFiles(modelPath?: string): ReadonlyMap<string, PageFile> {
  const folder = packagePath('dist/web');
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (cause) {
    throw new WebError(`${folder}: there is no page; run npm run build`, { cause });
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
