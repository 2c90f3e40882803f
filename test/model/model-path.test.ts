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

/** A folder with these files, empty. */
function folderWith(...files: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-model-path-'));
  folders.push(folder);
  for (const file of files) writeFileSync(join(folder, file), '');
  return folder;
}

const RUN = ['config.json', 'best.safetensors', 'last.safetensors'];

test('a run folder stands for the model that was written into it, under any name', () => {
  const written = folderWith(...RUN, 'model.spkw', 'model.wasm');
  assert.equal(modelPath(written), join(written, 'model.spkw'));
  const named = folderWith(...RUN, 'words.spkw', 'words.wasm');
  assert.equal(modelPath(named), join(named, 'words.spkw'));
});

test('a file, and a path where nothing is, stand for themselves', () => {
  const folder = folderWith('model.spkw', 'other.spkw');
  for (const name of ['model.spkw', 'other.spkw', 'none.spkw']) {
    assert.equal(modelPath(join(folder, name)), join(folder, name));
  }
});

test('among several models none is chosen', () => {
  const folder = folderWith('b.spkw', 'a.spkw');
  assert.throws(() => modelPath(folder), new ModelError(`${folder}: a folder with a.spkw, b.spkw; name one of them`));
});

for (const [files, ...commands] of [
  [RUN.slice(0, 2), 'quantize'],
  [RUN.slice(0, 1), 'train --resume', 'quantize'],
] as const) {
  test(`a folder with ${files.at(-1)} names what makes its model: ${commands.join(', ')}`, () => {
    const folder = folderWith(...files);
    const ways = commands.map((command) => `spikeword ${command} ${folder}`).join(', then ');
    const message = `${folder}: no model.spkw in this folder: run ${ways}; or name model.spkw or model.wasm`;
    assert.throws(() => readModel(folder), { name: 'ModelError', message });
  });
}

test('a folder with nothing of a run says what is expected instead', () => {
  const folder = folderWith('notes.txt');
  const message = `${folder}: a folder without a model, expected model.spkw or model.wasm`;
  assert.throws(() => readModel(folder), { name: 'ModelError', message });
});
