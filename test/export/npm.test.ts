import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { build } from 'vite';
import { testWords } from '../../host/core/export/self-test.js';
import { decodeModel, portableModule } from '../../host/core/model/index.js';
import { defaultModelPath, packagePath, wasmBytes } from '../../host/system/package-files.js';
import { detectedByHost, speech } from '../board/alone.js';
import { browserSkip, startChromium } from '../web/chromium.js';
import { heardInNode, wordsStream, wordsWav } from '../web/words.js';
import { exportTo, prepared, scratchFolder, withChangedWeight } from './compile.js';

const EQUAL = { equal: true, message: 'all stages are equal' };

/** Prints the detections in what is piped in, one line of JSON for each. */
const LISTEN = `import { listen } from 'spikeword-my-words';
for await (const detection of listen(process.stdin)) console.log(JSON.stringify(detection));
`;

describe('the export for npm, packed and installed', () => {
  const model = new Uint8Array(readFileSync(defaultModelPath()));
  const scratch = scratchFolder();
  const project = join(scratch, 'project');
  const installed = join(project, 'node_modules/spikeword-my-words');
  after(() => rmSync(scratch, { recursive: true }));

  before(async () => {
    const folder = await exportTo('npm', [prepared(model, 'my words')], scratch);
    execFileSync('npm', ['pack', '--pack-destination', scratch], { cwd: folder, stdio: 'ignore' });
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{ "type": "module", "private": true }\n');
    const packed = join(scratch, 'spikeword-my-words-0.1.0.tgz');
    execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', packed], { cwd: project, stdio: 'ignore' });
    writeFileSync(join(project, 'listen.mjs'), LISTEN);
  });

  /** What a program prints, each line as JSON. */
  function printed(code: string, input: Uint8Array = new Uint8Array()): unknown[] {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: project,
      input,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    return stdout
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }

  it('has in it what its README and its manifest name', () => {
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    for (const file of manifest.files) assert.ok(existsSync(join(installed, file)), file);
    assert.equal(manifest.name, 'spikeword-my-words');
    assert.match(readFileSync(join(installed, 'README.md'), 'utf8'), /from 'spikeword-my-words'/);
    assert.ok(existsSync(join(installed, 'LICENSE')));
  });

  it('passes its self test in Node, and names the layer in which one weight differs', () => {
    const program = "import { selfTest } from 'spikeword-my-words'; console.log(JSON.stringify(await selfTest()));";
    assert.deepEqual(printed(program), [EQUAL]);
    const module = join(installed, 'model.wasm');
    const right = readFileSync(module);
    try {
      const { test, ramBytes } = prepared(model, 'my words');
      const changed = withChangedWeight(model, 4);
      const broken = portableModule(changed, wasmBytes('kernel-portable'), ramBytes + 64, testWords(test));
      writeFileSync(module, broken.module);
      const { name } = decodeModel(model, 'model').layers[4];
      assert.deepEqual(printed(program), [{ equal: false, message: `spikes of ${name} differ` }]);
    } finally {
      writeFileSync(module, right);
    }
  });

  it('hears in a minute of speech on stdin what the kit hears', async () => {
    const samples = await speech(60);
    const { status, stdout, stderr } = spawnSync(process.execPath, ['listen.mjs'], {
      cwd: project,
      input: new Uint8Array(samples.buffer),
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    const heard = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const { labels } = decodeModel(model, 'model');
    const expected = detectedByHost(model, samples);
    assert.ok(expected.length > 0);
    assert.deepEqual(
      heard,
      expected.map(({ label, score, sample }) => ({ word: labels[label], score, seconds: sample / 16_000 })),
    );
  });

  it('says what is wrong with what it is given', () => {
    const fault = (code: string): unknown =>
      printed(`import * as words from 'spikeword-my-words';
        const listener = await words.createListener();
        try { ${code} } catch (error) { console.log(JSON.stringify([error.name, error.message])); }`)[0];
    assert.deepEqual(fault('listener.push([1, 2, 3]);'), [
      'TypeError',
      'samples must be an Int16Array or a Float32Array',
    ]);
    assert.deepEqual(fault("for await (const _ of words.listen('microphone'));"), [
      'TypeError',
      'listen takes a MediaStream, a ReadableStream or an async iterable of samples',
    ]);
    assert.deepEqual(fault('listener.classify(new Int16Array(16000)); listener.push(new Int16Array(16000));'), [
      'Error',
      'a clip was recognised: call reset',
    ]);
  });

  it('stops when it is told to, also while the sound waits', () => {
    const [ended] = printed(`import { listen } from 'spikeword-my-words';
      const silent = () => new ReadableStream({ start() {} });
      const began = performance.now();
      const later = new AbortController();
      setTimeout(() => later.abort(), 100);
      for await (const _ of listen(silent(), { signal: later.signal }));
      for await (const _ of listen(silent(), { signal: AbortSignal.abort() }));
      console.log(performance.now() - began < 20_000);`);
    assert.equal(ended, true);
  });

  it('is found whole by a bundler', async () => {
    const page = join(scratch, 'page');
    mkdirSync(page);
    symlinkSync(join(project, 'node_modules'), join(page, 'node_modules'));
    writeFileSync(join(page, 'index.html'), '<!doctype html><script type="module" src="main.js"></script>');
    writeFileSync(
      join(page, 'main.js'),
      "import { selfTest } from 'spikeword-my-words'; selfTest().then(console.log);",
    );
    const outDir = join(scratch, 'bundle');
    await build({ root: page, logLevel: 'error', build: { outDir, assetsInlineLimit: 0 } });
    const assets = readdirSync(join(outDir, 'assets')).map((name) => name.replace(/-[\w-]{8}(?=\.)/, ''));
    assert.deepEqual(assets.sort(), ['index.js', 'model.json', 'model.wasm']);
  });

  it('has types that a strict TypeScript project can use', () => {
    const source = `import { createListener, type Detection, listen, selfTest } from 'spikeword-my-words';
const listener = await createListener();
const found: Detection[] = listener.push(new Float32Array(320));
for await (const { word, score, seconds } of listen(new ReadableStream<Int16Array>())) console.log(word, score + seconds);
for await (const detection of listen(new MediaStream(), { signal: AbortSignal.timeout(1) })) found.push(detection);
const { equal, message }: { equal: boolean; message: string } = await selfTest();
console.log(found, equal, message, listener.words.join(), listener.probabilities()[0] + 1);
`;
    writeFileSync(join(project, 'use.ts'), source);
    const options = {
      strict: true,
      target: 'es2022',
      module: 'nodenext',
      lib: ['es2022', 'dom'],
      noEmit: true,
      types: [],
    };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['use.ts'] }));
    symlinkSync(packagePath('node_modules/typescript'), join(project, 'node_modules/typescript'));
    const compiler = packagePath('node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', project], { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  });

  it('passes its self test in Chromium, and hears there what it hears in Node', { skip: browserSkip }, async () => {
    const types: Record<string, string> = {
      '.js': 'text/javascript',
      '.wasm': 'application/wasm',
      '.json': 'application/json',
    };
    const stream = await wordsStream();
    const server = createServer(({ url = '/' }, response) => {
      const file = join(project, normalize(url));
      if (url === '/')
        response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>words</title>');
      else if (!existsSync(file)) response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': types[extname(file)] ?? '' }).end(readFileSync(file));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    writeFileSync(join(project, 'words.raw'), new Uint8Array(stream.buffer));
    const wav = join(project, 'words.wav');
    writeFileSync(wav, await wordsWav());
    const browser = await startChromium({ wav, loop: true });
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      const module = '/node_modules/spikeword-my-words/index.js';
      const inPage = <T>(code: string): Promise<T> =>
        page.evaluate(`import('${module}').then(async (words) => { ${code} })`) as Promise<T>;
      assert.deepEqual(await inPage('return words.selfTest();'), EQUAL);
      const expected = heardInNode(stream, defaultModelPath());
      assert.ok(expected.length >= 3);
      const piped = await inPage(`const found = [];
        const { body } = await fetch('/words.raw');
        for await (const detection of words.listen(body)) found.push(detection);
        return found;`);
      assert.deepEqual(
        piped,
        expected.map(({ word, score, sample }) => ({ word, score, seconds: sample / 16_000 })),
      );
      // the microphone plays the words again and again; the loop ends with the second one
      const live = await inPage<
        string[]
      >(`const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
        const found = [];
        for await (const { word } of words.listen(microphone, { signal: AbortSignal.timeout(60_000) })) {
          found.push(word);
          if (found.length === 2) break;
        }
        return found;`);
      assert.equal(live.length, 2);
      for (const word of live)
        assert.ok(
          expected.some((detection) => detection.word === word),
          word,
        );
    } finally {
      await browser.close();
      server.close();
    }
  });
});
