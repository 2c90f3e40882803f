import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { encodeModel } from '../../../host/model/index.js';
import { packagePath } from '../../../host/package-files.js';
import { randomQuantizedNetwork } from '../../judge/random-network.js';
import { tinyNetworks } from '../../model/tiny-networks.js';
import { buildNative, nativeSkip } from '../index.js';

const run = promisify(execFile);

/** A program of this folder, its inputs, and what it needs besides. */
const TARGETS = [
  { name: 'fuzz-frames', what: 'runs of bytes for the frame decoder', inputs: 400_000, models: false },
  {
    name: 'fuzz-session',
    what: 'requests to a board whose flash fails, lies and is forged',
    inputs: 300_000,
    models: true,
  },
  { name: 'fuzz-models', what: 'damaged models for the kernel', inputs: 300_000, models: true },
];

const SEED = 20_240_607;

/** One whose spike trains are longer than an answer. */
const long = randomQuantizedNetwork(1, {
  spec: {
    input: { frames: 49, coefficients: 10 },
    dimensions: 1,
    stem: { channels: 33, kernel: [1, 1], stride: [1, 1] },
    stages: [],
    neuron: 'atif-u',
    timesteps: 3,
    surrogateSlope: 4,
    classes: 2,
  },
});

describe('with AddressSanitizer and UndefinedBehaviorSanitizer', { skip: nativeSkip }, () => {
  let folder: string;
  let models: string[];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'spikeword-fuzz-'));
    models = [...tinyNetworks(), long].map((network, k) => {
      const path = join(folder, `${k}.spkw`);
      writeFileSync(path, encodeModel(network));
      return path;
    });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const target of TARGETS) {
    test(`nothing is found in ${target.inputs} ${target.what}`, async (context) => {
      const sources = [target.name, 'memory-board', ...(target.models ? ['models'] : [])];
      const executable = await buildNative({
        sanitize: true,
        program: sources.map((name) => packagePath(`test/native/fuzz/${name}.c`)),
      });
      const args = [SEED, target.inputs].map(String).concat(target.models ? models : []);
      // a finding ends the program with what was found on its standard error, which the failure quotes
      const { stdout } = await run(executable, args);
      context.diagnostic(stdout.trim());
      assert.match(stdout, new RegExp(`^${target.inputs} inputs`));
    });
  }
});
