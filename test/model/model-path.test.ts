import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ModelError } from '../../host/core/error.js';
import { modelPath, readModel } from '../../host/model/index.js';

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** Returns a folder with these files, all empty. */
function folderWith(...files: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-model-path-'));
  folders.push(folder);
  for (const file of files) writeFileSync(join(folder, file), '');
  return folder;
}

const RUN = ['config.json', 'best.safetensors', 'last.safetensors'];

test('a run folder gives the model in it, whatever its name', () => {
  const written = folderWith(...RUN, 'model.spkw', 'model.wasm');
  assert.equal(modelPath(written), join(written, 'model.spkw'));
  const named = folderWith(...RUN, 'words.spkw', 'words.wasm');
  assert.equal(modelPath(named), join(named, 'words.spkw'));
});

test('a file, or a path that does not exist, is returned unchanged', () => {
  const folder = folderWith('model.spkw', 'other.spkw');
  for (const name of ['model.spkw', 'other.spkw', 'none.spkw']) {
    assert.equal(modelPath(join(folder, name)), join(folder, name));
  }
});

test('refuses a folder with several models', () => {
  const folder = folderWith('b.spkw', 'a.spkw');
  assert.throws(
    () => modelPath(folder),
    new ModelError(`${folder}: this folder has several models (a.spkw, b.spkw); give the path of one of them`),
  );
});

for (const [files, ...commands] of [
  [RUN.slice(0, 2), 'quantize'],
  [RUN.slice(0, 1), 'train --resume', 'quantize'],
] as const) {
  test(`refuses a folder with ${files.at(-1)}, and names the commands that make its model: ${commands.join(', ')}`, () => {
    const folder = folderWith(...files);
    const ways = commands.map((command) => `spikeword ${command} ${folder}`).join(', then ');
    const message = `${folder}: this folder has no model.spkw yet: run ${ways}; or give the path of model.spkw or model.wasm`;
    assert.throws(() => readModel(folder), { name: 'ModelError', message });
  });
}

test('refuses a folder without files of a run, and says what is expected', () => {
  const folder = folderWith('notes.txt');
  const message = `${folder}: a folder without a model, expected model.spkw or model.wasm`;
  assert.throws(() => readModel(folder), { name: 'ModelError', message });
});
