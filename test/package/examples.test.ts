import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { after, describe, test } from 'node:test';
import { packagePath } from '../../host/system/package-files.js';
import { boardsAtHand } from '../board/boards-at-hand.js';
import { browserSkip, startChromium } from '../web/chromium.js';
import { heardInNode, MODEL, wordsStream, wordsWav } from '../web/words.js';
import { emptyProject } from './project.js';

const RECORDING = packagePath('datasets/sample/yes/9f094882_nohash_0.wav');
const IN_NODE = ['classify-wav', 'train', 'flash-and-bisect', 'detect-stdin'];

const plain = emptyProject();
after(() => rmSync(plain, { recursive: true }));

/** The same programs in TypeScript, in a project whose author has the types of Node. */
function typescriptProject(): string {
  const folder = emptyProject(['typescript', '@types/node', 'undici-types']);
  for (const name of IN_NODE) renameSync(join(folder, `${name}.mjs`), join(folder, `${name}.mts`));
  const options = { strict: true, target: 'es2022', module: 'nodenext', skipLibCheck: false, lib: ['es2023', 'dom'] };
  const listen = { allowJs: true, checkJs: true, outDir: 'built' };
  const config = { compilerOptions: { ...options, ...listen, types: ['node'] }, include: ['*.mts', '*.mjs'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const compiler = join(folder, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', '.'], { cwd: folder, encoding: 'utf8' });
  assert.equal(status, 0, stdout);
  return folder;
}

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of a project, with bytes on its standard input. */
function run(folder: string, program: string, args: readonly string[], input?: Uint8Array): Promise<Outcome> {
  const child = spawn(process.execPath, [program, ...args], { cwd: folder });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

const bytesOf = (samples: Int16Array): Uint8Array => new Uint8Array(samples.buffer, 0, samples.byteLength);

/** Returns the words that a model detects in most streams that begin at another sample: a browser begins anywhere. */
function surelyHeard(stream: Int16Array, model: string): string[] {
  const starts = Array.from({ length: 10 }, (_, index) => 32 * index);
  const heard = starts.flatMap((start) => heardInNode(stream.subarray(start), model).map(({ word }) => word));
  return [...new Set(heard)].filter((word) => heard.filter((other) => other === word).length > starts.length / 2);
}

describe('an example', async () => {
  const typed = typescriptProject();
  after(() => rmSync(typed, { recursive: true }));

  test('is in the docs unchanged', () => {
    const docs = readFileSync(packagePath('docs/library.md'), 'utf8');
    for (const name of readdirSync(packagePath('examples'))) {
      assert.ok(docs.includes(`\n${readFileSync(packagePath(`examples/${name}`), 'utf8')}\`\`\``), name);
    }
  });

  for (const [language, folder, built] of [
    ['JavaScript', plain, ''],
    ['TypeScript', typed, 'built/'],
  ] as const) {
    const program = (name: string): string => `${built}${name}.mjs`;

    test(`in ${language} classifies recordings`, async () => {
      const { code, stdout, stderr } = await run(folder, program('classify-wav'), [MODEL, RECORDING]);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /9f094882_nohash_0\.wav: yes \((0\.[5-9]\d|1\.00)\), \d{4,} spikes\n$/);
    });

    test(`in ${language} names a file that is not a model`, async () => {
      const { code, stderr } = await run(folder, program('classify-wav'), [RECORDING]);
      assert.equal(code, 1);
      assert.match(stderr, /ModelError: .*9f094882_nohash_0\.wav: /);
    });

    test(`in ${language} trains, quantises and evaluates`, async () => {
      const sample = packagePath('datasets/sample');
      const args = [sample, join(folder, `run-${language}`), 'yes,no', '3'];
      const { code, stdout, stderr } = await run(folder, program('train'), args);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^epoch 3: loss \d\.\d{3}, [\d.]+% of validation$/m);
      assert.match(stdout, /model\.spkw: \d+ bytes, \d+ bytes of RAM$/m);
      assert.match(stdout, /^testing: [\d.]+% of \d+ clips$/m);
      assert.ok(existsSync(join(folder, `run-${language}`, 'model.wasm')));
    });

    test(`in ${language} detects the words of a stream`, async () => {
      const stream = await wordsStream();
      const { code, stdout, stderr } = await run(folder, program('detect-stdin'), [MODEL], bytesOf(stream));
      assert.equal(code, 0, stderr);
      const heard = stdout
        .trim()
        .split('\n')
        .map((line) => line.split('  ')[1]);
      assert.deepEqual(
        heard,
        heardInNode(stream).map(({ word }) => word),
      );
    });

    for (const board of boardsAtHand.slice(0, 2)) {
      test(`in ${language} flashes and bisects ${board.name}`, { skip: board.skip }, async () => {
        const flash = join(folder, `${board.name}-${language}.flash`);
        const { port, stop } = await board.start(flash);
        try {
          const { code, stdout, stderr } = await run(folder, program('flash-and-bisect'), [MODEL, RECORDING, port]);
          assert.equal(code, 0, stderr);
          assert.match(stdout, new RegExp(`^${board.name} on ${port}: written in [\\d.]+ s$`, 'm'));
          assert.match(stdout, /^features: \d+ values, the same$/m);
          assert.match(stdout, /board and computer agree on every spike\n$/);
        } finally {
          await stop();
        }
      });
    }
  }

  test('listens in a browser, without a bundler', { skip: browserSkip, timeout: 120_000 }, async () => {
    const types: Readonly<Record<string, string>> = {
      '.html': 'text/html',
      '.mjs': 'text/javascript',
      '.js': 'text/javascript',
    };
    const server = createServer(({ url = '/' }, response) => {
      const file = join(plain, normalize(url));
      if (!existsSync(file)) response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': types[extname(file)] ?? '' }).end(readFileSync(file));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const wav = join(plain, 'words.wav');
    writeFileSync(wav, await wordsWav());
    const browser = await startChromium({ wav, loop: true });
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(90_000);
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/listen.html`);
      await page.locator('#listen').click();
      const words = surelyHeard(await wordsStream(), packagePath('models/commands.spkw'));
      assert.ok(words.length >= 2);
      for (const word of words) {
        await page
          .locator('#words li', { hasText: new RegExp(`^${word} (0\\.\\d\\d|1\\.00)$`) })
          .first()
          .waitFor();
      }
      assert.deepEqual(errors, []);
    } finally {
      await browser.close();
      server.close();
    }
  });
});
