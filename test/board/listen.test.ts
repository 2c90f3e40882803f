import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, test } from 'node:test';
import { inRealTime, recordedSource } from '../../host/audio/index.js';
import { BoardListener, flashModel, StreamLoad } from '../../host/core/board/index.js';
import { type Detection, StreamDetector } from '../../host/core/detection/index.js';
import type { ByteStream } from '../../host/core/protocol/index.js';
import { encodeWav } from '../../host/core/wav/index.js';
import { behindText, listenOnBoard, readInstalledModel, withBoard } from '../../host/device/index.js';
import { openKernel } from '../../host/model/index.js';
import { MAIN, spikeword, unwrapped } from '../cli/spikeword.js';
import { MODEL, POINT_OPTIONS, WORDS, wordsInARow } from '../detection/words.js';
import { buildNative, nativeSkip, startNative, streamOf } from '../native/index.js';
import { boardsAtHand } from './boards-at-hand.js';
import { type PtyProgram, startOnPty } from './pty.js';
import { smallModel } from './small-model.js';

const { samples } = await wordsInARow();
const folder = mkdtempSync(join(tmpdir(), 'spikeword-board-listens-'));
after(() => rmSync(folder, { recursive: true }));
const wav = join(folder, 'words.wav');
writeFileSync(wav, encodeWav(samples));

/** Yields the words in pieces that do not match frames, the first with one sample. */
function* pieces(): Generator<Int16Array> {
  for (let at = 0, size = 1; at < samples.length; at += size, size = (size * 3) % 1999) {
    yield samples.subarray(at, at + size);
  }
}

// of the first random networks, those with most detections in these words
const NETWORKS = [
  ['a network for clips', smallModel(21), 60],
  ['a network that listens', smallModel(44, 'valid'), 80],
] as const;

for (const board of boardsAtHand.filter(({ name }) => name !== 'rv32-virt')) {
  // the slowest board takes the network that listens, whose inferences are short
  for (const [network, bytes, hopMs] of board.name === 'pico' ? NETWORKS.slice(1) : NETWORKS) {
    test(`${board.name} gives the same averages and detections as the host, with ${network}`, {
      skip: board.skip,
    }, async () => {
      const point = { hopMs, averageMs: 240, threshold: 0.5, minimumCount: 1, suppressionMs: 200 };
      const kernel = openKernel(bytes);
      const expected: { detections: Detection[]; averages: number[][] } = { detections: [], averages: [] };
      const host = new StreamDetector(kernel, {
        point,
        onInference: ({ average }) => expected.averages.push([...average]),
      });
      expected.detections.push(...host.push(samples));
      assert.ok(expected.detections.length > 2, `${expected.detections.length} detections`);

      const started = await board.start(join(folder, `${board.name}-${hopMs}`));
      try {
        await withBoard({ port: started.port }, (opened) => flashModel(opened, bytes));
        await withBoard({ port: started.port }, async (opened) => {
          const { bytes: installed } = await readInstalledModel(opened);
          const averages: number[][] = [];
          const detections: Detection[] = [];
          const listener = await BoardListener.begin(opened, openKernel(installed), {
            point,
            onInference: (average) => averages.push([...average]),
          });
          for (const piece of pieces()) detections.push(...(await listener.push(piece)));
          assert.deepEqual(detections, expected.detections);
          assert.deepEqual(averages, expected.averages);
          // another stream keeps nothing of this one
          const again = await BoardListener.begin(opened, openKernel(installed), { point });
          assert.deepEqual(
            await again.push(samples.subarray(0, 24_000)),
            detections.filter(({ sample }) => sample <= 24_000),
          );
        });
      } finally {
        await started.stop();
      }
    });
  }
}

describe('spikeword listen --port', { skip: nativeSkip }, () => {
  const boards: PtyProgram[] = [];
  after(() => Promise.all(boards.map((board) => board.unplug())));

  /** Starts a separate board for each test, with this model or none. */
  async function boardWith(model?: Uint8Array): Promise<PtyProgram> {
    const board = await startOnPty([await buildNative()], {
      SPIKEWORD_FLASH: join(folder, `flash-${boards.length}`),
      SPIKEWORD_SLOT: '262144',
    });
    boards.push(board);
    if (model !== undefined) await withBoard({ port: board.port }, (opened) => flashModel(opened, model));
    return board;
  }
  const boardWithModel = () => boardWith(readFileSync(MODEL));
  const listen = (...args: string[]) => spikeword('listen', ...args, '--wav', wav, ...POINT_OPTIONS);

  test('needs a model on the board, and says how to flash the given one', async () => {
    const { port } = await boardWith();
    const { code, stdout, stderr } = listen('--port', port);
    assert.deepEqual([code, stdout], [3, '']);
    assert.match(
      stderr,
      /^BoardError: .*no model is running on the board; write one to it with `spikeword flash MODEL`/,
    );
    const named = listen(MODEL, '--port', port);
    assert.equal(named.code, 3);
    assert.ok(named.stderr.includes(`spikeword flash ${MODEL} --port ${port}`), named.stderr);
    assert.equal(spikeword('flash', MODEL, '--port', port).code, 0);
    assert.equal(listen('--port', port).code, 0);
  });

  test('prints the same lines as the host, with or without a model argument, and the time that the board took', async () => {
    const { port } = await boardWithModel();
    const expected = listen(MODEL, '--json').stdout;
    assert.deepEqual(
      expected
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as Detection).word),
      WORDS,
    );
    const { code, stdout, stderr } = listen('--json', '--port', port);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, expected);
    assert.match(stderr, /words\.wav: 5\.0 s heard, 8 detections; posix took \d+\.\d\d s per second of sound\n$/);
    assert.equal(listen(MODEL, '--json', '--port', port).stdout, expected);
    assert.match(
      listen('--real-time', '--seconds', '0.2', '--port', port).stderr,
      /per second of sound, at most \d+\.\d s behind\n$/,
    );
  });

  test('keeps the same sounds as the host, with the same scores', async () => {
    const { port } = await boardWithModel();
    const [here, there] = ['host', 'board'].map((name) => join(folder, `kept-${name}`));
    const ends = { host: listen(MODEL, '--keep', here), board: listen(MODEL, '--port', port, '--keep', there) };
    assert.deepEqual([ends.host.code, ends.board.code], [0, 0], ends.board.stderr);
    const files = readdirSync(here).sort();
    assert.ok(files.length > 8, `${files}`);
    assert.deepEqual(readdirSync(there).sort(), files);
    for (const file of files) assert.deepEqual(readFileSync(join(there, file)), readFileSync(join(here, file)), file);
  });

  test("takes '-' after --port as stdin, since no port has that name", async () => {
    const { port } = await boardWithModel();
    const args = [MAIN, 'listen', '--json', ...POINT_OPTIONS, '--port', '-'];
    const env = { ...process.env, SPIKEWORD_PORT: port };
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      ...{ env, input: Buffer.from(samples.buffer), encoding: 'utf8' },
    });
    assert.equal(status, 0, stderr);
    assert.equal(stdout, listen(MODEL, '--json').stdout);
  });

  test('refuses a model other than the one that runs', async () => {
    const { port } = await boardWithModel();
    const other = join(folder, 'other.spkw');
    writeFileSync(other, smallModel(1));
    const { code, stderr } = listen(other, '--port', port);
    assert.equal(code, 3);
    assert.match(stderr, /^BoardError: .*the board runs another model \(CRC-32 [0-9a-f]{8}\), not .*other\.spkw/);
  });

  test('listens with the bundled model that flash writes by default', async () => {
    const { port } = await boardWithModel();
    const { stdout: flashed } = spikeword('flash', '--port', port);
    assert.match(unwrapped(flashed), /runs the model from slot 1 .*; written and read back/);
    assert.match(
      flashed,
      new RegExp(`\nnext: spikeword listen --port ${port}\n  or: spikeword monitor --port ${port}\n$`),
    );
    const { code, stdout } = spikeword('listen', '--port', port, '--wav', wav, '--json');
    assert.equal(code, 0);
    assert.equal(stdout, spikeword('listen', '--wav', wav, '--json').stdout);
    const refused = spikeword('flash', MODEL, '--rollback', '--port', port);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /either a model, or --rollback/);
  });

  test('ends with exit code 3 when the board is unplugged', async () => {
    const board = await boardWithModel();
    const args = ['listen', '--wav', wav, '--loop', '--real-time', '--json', '--port', board.port, ...POINT_OPTIONS];
    const child = spawn(process.execPath, [MAIN, ...args]);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    const ended = once(child, 'close');
    await once(createInterface(child.stdout), 'line');
    await board.unplug();
    assert.deepEqual(await ended, [3, null]);
    assert.match(stderr, /^PortLostError: .*the connection is gone/);
  });
});

test('a board on a slow line is reported as behind, with how far and why', { skip: nativeSkip }, async () => {
  const native = startNative(await buildNative(), { flash: join(folder, 'slow') });
  const line = streamOf('slow', native.port, native.stop);
  const slow: ByteStream = {
    ...line,
    write: (bytes) => void setTimeout(() => line.write(bytes), bytes.length > 600 ? 60 : 0),
  };
  line.onBytes = (bytes) => slow.onBytes(bytes);
  const warnings: string[] = [];
  await withBoard({ port: 'slow', open: async () => slow }, async (opened) => {
    await flashModel(opened, smallModel(6));
    const listener = await BoardListener.begin(opened, openKernel(smallModel(6)));
    const source = inRealTime(recordedSource(samples, 'words'));
    const options = { source, listener, seconds: 1, live: true, onDetection: () => {} };
    const summary = await listenOnBoard({ ...options, onWarning: (text) => warnings.push(text) });
    assert.ok(summary.secondsPerSecond > 1 && summary.mostBehindMs! > 500);
    assert.equal(summary.samples, 16_000);
  });
  assert.match(
    warnings[0],
    /^slow: the board is \d\.\d s behind the sound and takes \d\.\d\d s per second of sound, even/,
  );
  assert.match(warnings[0], /use a faster line or board/);
  assert.ok(warnings.length <= 3, warnings.join('\n'));
});

describe('the advice for a board that is behind', () => {
  const point = { hop: 1, average: 25, minimumCount: 2, suppression: 25, factor: 1, thresholds: [], curve: [] };
  /** The load of a board with these times per frame and per inference. */
  const load = (frameMs: number, inferenceMs: number): StreamLoad => {
    const made = new StreamLoad();
    for (let k = 0; k < 50; k++) made.add(320, false, frameMs);
    for (let k = 0; k < 50; k++) made.add(320, true, frameMs + inferenceMs);
    return made;
  };

  test('is the shortest hop that leaves a fifth of the time free', () => {
    // 50 · 4 ms + 25 ms · 1000 / hop ≤ 800 ms: hop ≥ 41.7 ms
    const text = behindText(700, load(4, 25), point);
    assert.equal(
      text,
      'the board is 0.7 s behind the sound and takes 1.45 s per second of sound; infer less often, with --hop 60 (now 20)',
    );
  });

  test('is a smaller model if the hop would be too long to detect words', () => {
    assert.match(behindText(700, load(10, 200), point), /; use a smaller model or a faster board$/);
    // 260 ms would be enough, but then 500 ms do not contain the two inferences that a word needs
    assert.match(behindText(700, load(4, 150), point), /; use a smaller model or a faster board$/);
    assert.match(behindText(700, load(4, 150), { ...point, minimumCount: 1 }), /with --hop 260 \(now 20\)$/);
  });

  test('is a faster line if frames alone take too long, and nothing if the board is fast enough', () => {
    assert.match(behindText(700, load(25, 1), point), /even without inferences; use a faster line/);
    assert.match(
      behindText(700, load(1, 1), point),
      /0\.10 s per second of sound: fast enough, but something delayed it/,
    );
  });
});
