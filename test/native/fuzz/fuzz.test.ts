import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { encodeModel } from '../../../host/core/model/index.js';
import { packagePath } from '../../../host/system/package-files.js';
import { detectingModel } from '../../board/alone.js';
import { randomQuantizedNetwork } from '../../judge/random-network.js';
import { tinyNetworks } from '../../model/tiny-networks.js';
import { buildNative, nativeSkip, patched } from '../index.js';

const run = promisify(execFile);

/** A program of this folder, its inputs, and its other requirements. */
const TARGETS = [
  { name: 'fuzz-frames', what: 'runs of bytes for the frame decoder', inputs: 600_000, with: [] },
  {
    name: 'fuzz-session',
    what: 'requests to a board whose flash fails, lies and is forged',
    inputs: 200_000,
    with: ['models', 'answers'],
  },
  { name: 'fuzz-models', what: 'damaged models for the kernel', inputs: 200_000, with: ['models'] },
];

const SEED = 20_240_607;

/** The limits of firmware-bridge/protocol.md, and the lines of the firmware that enforce them. */
const LIMITS: Readonly<Record<string, { readonly path: string; readonly line: string }>> = {
  INSPECT: {
    path: 'application/inspect.c',
    line: '  if (most > INSPECT_BYTES) return failed(OUT_OF_RANGE, most, INSPECT_BYTES);\n',
  },
  READ: {
    path: 'application/update_commands.c',
    line: '  if (length < 1 || length > PACKET_BODY) return failed(OUT_OF_RANGE, length, length < 1 ? 1 : PACKET_BODY);\n',
  },
  WRITE: {
    path: 'store/update.c',
    line: '  if (length > update.length - offset) return failed(OUT_OF_RANGE, length, update.length - offset);\n',
  },
  SAMPLES: {
    path: 'application/clip.c',
    line: '  struct outcome outcome = body_within(request, 4, 4 + 2 * most);\n  if (outcome.status != OK) return outcome;\n',
  },
};

/** A model whose spike trains are longer than an answer, and whose result does not fit after a stream's answer. */
const long = randomQuantizedNetwork(1, {
  spec: {
    input: { frames: 49, coefficients: 10 },
    dimensions: 1,
    stem: { channels: 33, kernel: [1, 1], stride: [1, 1] },
    stages: [],
    neuron: 'atif-u',
    timesteps: 3,
    surrogateSlope: 4,
    // so many that the result fills a body: 48 + 4 · (240 + 3 · 1 + 1) = 1024
    classes: 240,
  },
});

describe('with AddressSanitizer and UndefinedBehaviorSanitizer', { skip: nativeSkip }, () => {
  let folder: string;
  let models: string[];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'spikeword-fuzz-'));
    models = [...[...tinyNetworks(), long].map(encodeModel), detectingModel()].map((model, k) => {
      const path = join(folder, `${k}.spkw`);
      writeFileSync(path, model);
      return path;
    });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the program. On a finding it fails with the program's standard error. */
  async function fuzz(target: (typeof TARGETS)[number], patches?: Readonly<Record<string, string>>): Promise<string> {
    const sources = [target.name, 'memory-board', ...target.with];
    const executable = await buildNative({
      sanitize: true,
      patches,
      program: sources.map((name) => packagePath(`test/native/fuzz/${name}.c`)),
    });
    const args = [SEED, target.inputs].map(String).concat(target.with.length > 0 ? models : []);
    return (await run(executable, args)).stdout;
  }

  for (const target of TARGETS) {
    test(`there is no fault in ${target.inputs} ${target.what}`, async (context) => {
      const stdout = await fuzz(target);
      context.diagnostic(stdout.trim());
      assert.match(stdout, new RegExp(`^${target.inputs} inputs`));
      if (target.name === 'fuzz-session') assert.match(stdout, /words detected alone: [1-9]/);
    });
  }

  test('a missing limit is found', async () => {
    const session = TARGETS[1];
    const unlimited = Object.entries(LIMITS).map(async ([kind, { path, line }]) => {
      const without = kind === 'SAMPLES' ? '  (void)most;\n  struct outcome outcome;\n' : '';
      const finding = fuzz(session, { [path]: patched(path, [[line, without]]) });
      await assert.rejects(finding, /not so|AddressSanitizer/, kind);
    });
    await Promise.all(unlimited);
  });
});
