import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, afterEach, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { flashModel } from '../../host/core/board/index.js';
import { withBoard } from '../../host/device/index.js';
import { defaultModelPath, packagePath } from '../../host/system/package-files.js';
import { detectingModel } from '../board/alone.js';
import { boardsAtHand } from '../board/boards-at-hand.js';
import { MAIN, spikeword, unwrapped, withoutNpm } from '../cli/spikeword.js';
import { heardInNode, wordsStream } from '../web/words.js';
import { WyomingClient } from './client.js';

const PYTHON = packagePath('dist/wyoming-python');
const withoutPython = !existsSync(join(PYTHON, 'wyoming')) && `${PYTHON} not found; npm run setup:wyoming`;
const run = promisify(execFile);

describe('spikeword serve --wyoming', () => {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-serve-'));
  after(() => rmSync(folder, { recursive: true }));
  const services: ChildProcess[] = [];
  afterEach(() => {
    for (const service of services.splice(0)) service.kill('SIGKILL');
  });

  /** Starts the command on any free port; returns its address, and the lines that it prints after the first. */
  async function serve(
    ...args: string[]
  ): Promise<{ uri: string; words: string[]; lines: string[]; service: ChildProcess }> {
    const command = [MAIN, 'serve', ...args, '--wyoming', '--uri', 'tcp://127.0.0.1:0', '--json'];
    const service = spawn(process.execPath, command, { env: withoutNpm(), stdio: ['ignore', 'pipe', 'pipe'] });
    services.push(service);
    const lines: string[] = [];
    const output = createInterface(service.stdout!);
    const [first] = (await once(output, 'line')) as [string];
    output.on('line', (line) => lines.push(line));
    return { ...JSON.parse(first), lines, service };
  }

  it('answers the published client of Wyoming, stream after stream', { skip: withoutPython }, async () => {
    const stream = await wordsStream();
    const sound = join(folder, 'words.raw');
    writeFileSync(sound, new Uint8Array(stream.buffer));
    const expected = heardInNode(stream, defaultModelPath()).map(({ word, sample }) => [word, Math.round(sample / 16)]);
    const { uri, words } = await serve();
    for (const wanted of ['', expected[0][0] as string]) {
      const env = { ...process.env, PYTHONPATH: PYTHON };
      const { stdout } = await run('python3', [packagePath('test/wyoming/client.py'), uri, sound, wanted], { env });
      const [info, ...detections] = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      assert.deepEqual(info, ['spikeword', true, words]);
      const own = wanted === '' ? expected : detections.slice(0, detections.length / 2);
      if (wanted !== '') assert.ok(own.length > 0 && own.every(([word]) => word === wanted));
      assert.deepEqual(detections, [...own, ...own]);
    }
  });

  it('says where it listens, what it hears and who comes and goes', async () => {
    const { uri, words, lines, service } = await serve('--words', 'yes,right,left,go,up');
    assert.deepEqual(words, ['yes', 'up', 'left', 'right', 'go']);
    const client = await WyomingClient.connect(uri);
    client.sendSound(new Uint8Array((await wordsStream()).buffer));
    await client.untilPong();
    client.socket.end();
    const events = (): { event: string; word?: string }[] => lines.map((line) => JSON.parse(line));
    while (!events().some(({ event }) => event === 'disconnected')) await once(service.stdout!, 'data');
    assert.equal(events()[0].event, 'connected');
    const heard = events().filter(({ event }) => event === 'detection');
    assert.ok(heard.length >= 3);
    assert.ok(heard.every(({ word }) => words.includes(word as string)));
  });

  const [posix] = boardsAtHand;
  it('lets a board listen, for one client at a time', { skip: posix.skip }, async () => {
    const model = detectingModel();
    const { port, stop } = await posix.start(join(folder, 'flash'));
    try {
      await withBoard({ port }, (board) => flashModel(board, model));
      const { uri } = await serve('--port', port);
      const [first, second] = [await WyomingClient.connect(uri), await WyomingClient.connect(uri)];
      const stream = await wordsStream();
      const file = join(folder, 'small.spkw');
      writeFileSync(file, model);
      const expected = heardInNode(stream, file).map(({ word }) => word);
      assert.ok(expected.length > 3);
      first.sendSound(new Uint8Array(stream.buffer));
      const heard = await first.untilPong();
      assert.deepEqual(
        heard.map(({ data }) => data.name),
        expected,
      );
      second.sendSound(new Uint8Array(2048));
      assert.equal((await second.next())?.data.text, 'the board is listening for another client');
      // as soon as the first says nothing for two seconds, as one without power, the second can have it
      await wait(2500);
      second.sendSound(new Uint8Array(stream.buffer));
      assert.deepEqual(
        (await second.untilPong()).map(({ data }) => data.name),
        expected,
      );
    } finally {
      await stop();
    }
  });

  it('ends when its board is lost, so that what started it can start it again', { skip: posix.skip }, async () => {
    const { port, stop } = await posix.start(join(folder, 'lost'));
    await withBoard({ port }, (board) => flashModel(board, detectingModel()));
    const { uri, service } = await serve('--port', port);
    const ended = once(service, 'exit') as Promise<[number]>;
    const client = await WyomingClient.connect(uri);
    client.sendSound(new Uint8Array(32_000));
    await client.untilPong();
    await stop();
    for (let k = 0; k < 100 && service.exitCode === null; k++) {
      client.sendSound(new Uint8Array(2048));
      await wait(100);
    }
    assert.equal((await ended)[0], 3);
  });

  it('refuses what it cannot do, in a sentence', () => {
    const refusals: readonly [args: string[], code: number, said: RegExp][] = [
      [[], 2, /serve: say which protocol: --wyoming/],
      [
        ['--wyoming', '--uri', 'localhost:10400'],
        2,
        /--uri is localhost:10400, expected tcp:\/\/HOST:PORT or unix:\/\/PATH/,
      ],
      [['missing.spkw', '--wyoming'], 1, /missing\.spkw: cannot be read/],
      [['--wyoming', '--words', 'fridge'], 1, /fridge/],
      [['--wyoming', '--port', '10400'], 2, /--port is the serial port of a board; for TCP use --uri tcp:/],
    ];
    for (const [args, code, said] of refusals) {
      const ended = spikeword('serve', ...args);
      assert.match(unwrapped(ended.stderr), said);
      assert.deepEqual([ended.code, ended.stdout], [code, '']);
    }
  });
});
