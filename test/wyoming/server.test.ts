import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { StreamDetector } from '../../host/core/detection/index.js';
import { UsageError } from '../../host/core/error.js';
import { openKernel, openModel } from '../../host/model/index.js';
import { ServeError } from '../../host/system/index.js';
import { defaultModelPath } from '../../host/system/package-files.js';
import { hostService, parseAddress, serveWyoming, type WyomingServer } from '../../host/wyoming/index.js';
import { detectedByHost } from '../board/alone.js';
import { wordsStream } from '../web/words.js';
import { type Received, WyomingClient } from './client.js';

const bytesOf = (samples: Int16Array): Uint8Array =>
  new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);

describe('a wake word service of Wyoming', () => {
  const model = openModel(readFileSync(defaultModelPath()), 'model');
  const { labels } = model.network;
  let samples: Int16Array;
  let expected: { name: string; timestamp: number }[];
  let server: WyomingServer;
  const faults: string[] = [];
  const clients: WyomingClient[] = [];

  before(async () => {
    samples = await wordsStream();
    expected = detectedByHost(model.bytes, samples).map(({ label, sample }) => ({
      name: labels[label],
      timestamp: Math.round(sample / 16),
    }));
    assert.ok(expected.length >= 3 && new Set(expected.map(({ name }) => name)).size >= 2, 'two words at least');
    server = await serveWyoming(
      hostService(model),
      { host: '127.0.0.1', port: 0 },
      {
        onFault: (_, fault) => faults.push(fault),
      },
    );
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
    faults.length = 0;
  });
  after(() => server.close());

  async function connected(): Promise<WyomingClient> {
    const client = await WyomingClient.connect(server.uri);
    clients.push(client);
    return client;
  }
  const detections = (events: readonly Received[]): unknown[] =>
    events.filter(({ type }) => type === 'detection').map(({ data }) => data);

  it('describes itself with its words', async () => {
    const client = await connected();
    client.send('describe');
    const event = await client.next();
    assert.equal(event?.type, 'info');
    const { wake, asr } = event!.data as {
      wake: { name: string; models: { name: string; languages: string[] }[] }[];
      asr: unknown[];
    };
    assert.deepEqual(asr, []);
    assert.equal(wake[0].name, 'spikeword');
    assert.deepEqual(
      wake[0].models.map(({ name }) => name).sort(),
      labels.filter((label) => !label.startsWith('_')).sort(),
    );
    for (const { languages } of wake[0].models) assert.deepEqual(languages, ['en']);
  });

  it('detects what the kit detects, again and again in one stream', async () => {
    const client = await connected();
    client.send('detect', { names: null });
    client.send('audio-start', { rate: 16_000, width: 2, channels: 1, timestamp: 0 });
    client.sendSound(bytesOf(samples), undefined, 0);
    assert.deepEqual(detections(await client.untilPong()), expected);
  });

  it('hears again after a detection, a stop, and in the next stream of the same connection', async () => {
    const client = await connected();
    for (let round = 0; round < 3; round++) {
      client.send('detect', { names: null }, undefined, round === 1);
      client.send('audio-start', { rate: 16_000, width: 2, channels: 1 });
      client.sendSound(bytesOf(samples));
      client.send('audio-stop', { timestamp: null });
      const events = await client.untilPong();
      assert.deepEqual(detections(events), expected, `round ${round}`);
      assert.ok(!events.some(({ type }) => type === 'not-detected'));
    }
    client.send('audio-start', { rate: 16_000, width: 2, channels: 1 });
    client.sendSound(new Uint8Array(64_000));
    client.send('audio-stop');
    assert.deepEqual(
      (await client.untilPong()).map(({ type }) => type),
      ['not-detected'],
    );
  });

  it('hears after a mute, in the middle of a stream, and without an audio-start', async () => {
    const client = await connected();
    // ten seconds of digital silence, as a muted microphone sends
    client.sendSound(new Uint8Array(320_000));
    assert.deepEqual(await client.untilPong(), []);
    client.sendSound(bytesOf(samples));
    const shift = 10_000;
    const heard = detections(await client.untilPong()) as { name: string; timestamp: number }[];
    const muted = new Int16Array(160_000 + samples.length);
    muted.set(samples, 160_000);
    const afterMute = detectedByHost(model.bytes, muted).map(({ label, sample }) => ({
      name: labels[label],
      timestamp: Math.round(sample / 16),
    }));
    assert.ok(afterMute.some(({ timestamp }) => timestamp > shift));
    assert.deepEqual(heard, afterMute);
  });

  it('keeps what clients want apart, when several listen at once for different words', async () => {
    const words = [...new Set(expected.map(({ name }) => name))];
    const all = await Promise.all(words.map(connected));
    all.forEach((client, k) => {
      client.send('detect', { names: [words[k]] });
      client.send('audio-start', { rate: 16_000, width: 2, channels: 1 });
    });
    const bytes = bytesOf(samples);
    for (let at = 0; at < bytes.length; at += 20_000)
      for (const client of all) client.sendSound(bytes.subarray(at, at + 20_000));
    for (const [k, client] of all.entries()) {
      const point = { words: [words[k]] };
      const own = new StreamDetector(openKernel(model.bytes), { point }).push(samples);
      assert.ok(own.length > 0);
      assert.deepEqual(
        detections(await client.untilPong()),
        own.map(({ word, sample }) => ({ name: word, timestamp: Math.round(sample / 16) })),
      );
    }
  });

  it('outlives clients that come and go, in the middle of an event or of a stream', async () => {
    for (let k = 0; k < 40; k++) {
      const client = await connected();
      if (k % 3 === 0) client.send('describe');
      if (k % 3 === 1) client.socket.write('{"type":"audio-chunk","payload_length":100000}\nabc');
      if (k % 3 === 2) client.sendSound(bytesOf(samples.subarray(0, 16_000)));
      if (k % 2 === 0) client.close();
      else client.socket.end();
    }
    const client = await connected();
    client.sendSound(bytesOf(samples));
    assert.deepEqual(detections(await client.untilPong()), expected);
  });

  it('takes sound at other rates, widths and channels', async () => {
    const names = expected.map(({ name }) => name);
    // each sample twice, left and right, in 32 bits: the same sound
    const wide = new Int32Array(2 * samples.length);
    samples.forEach((sample, k) => {
      wide[2 * k] = sample * 65_536;
      wide[2 * k + 1] = sample * 65_536;
    });
    const client = await connected();
    client.sendSound(new Uint8Array(wide.buffer), { rate: 16_000, width: 4, channels: 2 });
    assert.deepEqual(detections(await client.untilPong()), expected);
    // three times the rate, by repeating samples: nearly the same sound
    const fast = new Int16Array(3 * samples.length).map((_, k) => samples[Math.floor(k / 3)]);
    client.sendSound(bytesOf(fast), { rate: 48_000, width: 2, channels: 1 });
    const heard = (detections(await client.untilPong()) as { name: string }[]).map(({ name }) => name);
    const common = names.filter((name, k) => heard[k] === name).length;
    assert.ok(common >= names.length / 2, `${heard.join(' ')} instead of ${names.join(' ')}`);
  });

  it('says what is wrong with a word, a format or an event, and goes on where it can', async () => {
    const client = await connected();
    client.send('detect', { names: ['fridge'] });
    assert.deepEqual((await client.next())?.data.code, 'unknown-word');
    client.sendSound(bytesOf(samples.subarray(0, 160_000)));
    client.send('audio-start', { rate: 0, width: 2, channels: 1 });
    client.send('audio-chunk', { rate: 16_000, width: 9, channels: 1 }, new Uint8Array(9));
    client.send('transcribe', { language: 'en' });
    const events = await client.untilPong();
    assert.deepEqual(
      events.map(({ type, data }) => [type, data.text]),
      [
        ['error', 'audio-start: rate is 0, expected 4000 to 768000'],
        ['error', 'audio-chunk: width is 9, expected 1 to 4 bytes'],
      ],
    );
    const bad = [
      ['hello\n', 'the header is not JSON'],
      ['[1]\n', 'the header is not an object'],
      ['{"data":{}}\n', 'the header has no type'],
      ['{"type":"x","data_length":-1}\n', 'data_length is -1, expected at most 1048576'],
      ['{"type":"x","payload_length":1e12}\n', 'payload_length is 1000000000000, expected at most 16777216'],
      ['{"type":"x","data_length":2}\n[]', 'data is not an object'],
      ['x'.repeat(70_000), 'the header has more than 65536 bytes'],
    ];
    for (const [bytes, fault] of bad) {
      const other = await connected();
      other.socket.write(bytes);
      assert.deepEqual((await other.next())?.data.text, fault);
      assert.equal(await other.next(), null, 'the connection ends');
    }
    const before = [
      `unknown word fridge; this service knows ${labels.filter((label) => !label.startsWith('_')).join(', ')}`,
      'audio-start: rate is 0, expected 4000 to 768000',
      'audio-chunk: width is 9, expected 1 to 4 bytes',
    ];
    assert.deepEqual(faults, [...before, ...bad.map(([, fault]) => fault)]);
  });

  it('listens at a socket in the file system, whose remains it clears away, and at no file that is something else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'spikeword-wyoming-'));
    try {
      const path = join(folder, 'socket');
      const first = await serveWyoming(hostService(model), parseAddress(`unix://${path}`));
      await assert.rejects(
        serveWyoming(hostService(model), { path }),
        (error) => error instanceof ServeError && /is in use/.test(error.message),
      );
      const client = await WyomingClient.connect(first.uri);
      client.send('describe');
      assert.equal((await client.next())?.type, 'info');
      client.close();
      await first.close();
      assert.ok(!existsSync(path));
      const file = join(folder, 'file');
      writeFileSync(file, 'mine');
      await assert.rejects(serveWyoming(hostService(model), { path: file }), ServeError);
      assert.equal(readFileSync(file, 'utf8'), 'mine');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('refuses a port that is in use, and an address that is none', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    await assert.rejects(
      serveWyoming(hostService(model), { host: '127.0.0.1', port }),
      (error) =>
        error instanceof ServeError && /is in use; end the other service, or choose another --uri/.test(error.message),
    );
    other.close();
    for (const uri of ['10400', 'http://x:1', 'tcp://x', 'tcp://x:99999', 'unix://']) {
      assert.throws(() => parseAddress(uri), UsageError, uri);
    }
    assert.deepEqual(parseAddress('tcp://[::1]:10400'), { host: '::1', port: 10_400 });
  });
});
