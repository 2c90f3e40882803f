// Generates the TypeScript, AssemblyScript and C files, and the tables in the documents, from the contracts.
//
//   npm run generate            writes the files
//   npm run generate -- --check fails if one of them is stale
import { readFileSync, writeFileSync } from 'node:fs';
import { documents } from './documents.mjs';
import { inferenceModule, trainingModule } from './languages/assemblyscript.mjs';
import { firmwareHeader, protocolHeader } from './languages/c.mjs';
import { detectionTables } from './languages/detection-tables.mjs';
import { frontEndTables } from './languages/front-end-tables.mjs';
import * as typescript from './languages/typescript.mjs';

const root = new URL('../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');

/** The content of every generated file, by path. */
const files = new Map([
  ['host/core/audio/generated.ts', typescript.clockModule()],
  ['host/core/features/generated.ts', typescript.frontEndModule()],
  ['host/core/network/generated.ts', typescript.networkModule()],
  ['host/core/model/generated.ts', typescript.modelFormatModule()],
  ['host/core/kernel/generated.ts', typescript.kernelModule()],
  ['host/core/protocol/generated.ts', typescript.protocolModule()],
  ['host/core/training/generated.ts', typescript.trainerModule()],
  ['assembly/inference/generated.ts', inferenceModule()],
  ['assembly/inference/frontend/tables.ts', frontEndTables()],
  ['assembly/inference/detect/tables.ts', detectionTables()],
  ['assembly/training/generated.ts', trainingModule()],
  ['firmware-bridge/generated.h', firmwareHeader()],
  ['firmware-bridge/protocol/generated.h', protocolHeader()],
]);

/** A document with its tables filled in, each between `<!-- generated: NAME -->` and `<!-- end -->`. */
function withTables(path, tables) {
  let text = read(path);
  for (const [name, table] of Object.entries(tables)) {
    const begin = `<!-- generated: ${name} -->\n`;
    const end = '<!-- end -->';
    const from = text.indexOf(begin);
    const to = text.indexOf(end, from);
    if (from < 0 || to < 0)
      throw new Error(
        `${path}: the comments '<!-- generated: ${name} -->' and '<!-- end -->' around the table are missing; add them`,
      );
    text = `${text.slice(0, from)}${begin}\n${table}\n${text.slice(to)}`;
  }
  return text;
}
for (const [path, tables] of Object.entries(documents)) files.set(path, withTables(path, tables));

const stale = [];
for (const [path, content] of files) {
  let present = null;
  try {
    present = read(path);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  if (present !== content) stale.push(path);
}
if (process.argv.includes('--check')) {
  if (stale.length > 0) {
    console.error(`Out of date with contracts/: ${stale.join(', ')}. Run npm run generate.`);
    process.exit(1);
  }
} else {
  for (const path of stale) writeFileSync(new URL(path, root), files.get(path));
  console.log(stale.length === 0 ? 'Everything is up to date.' : stale.join('\n'));
}
