import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readRecording } from '../../host/audio/index.js';
import { cutTalk, findWords, wordExtent } from '../../host/core/audio/index.js';
import { UsageError } from '../../host/core/error.js';
import { Random } from '../../host/core/random.js';
import { encodeWav } from '../../host/core/wav/index.js';
import { importRecordings } from '../../host/dataset/index.js';
import { data, fmt, integers, riff } from '../audio/wav-bytes.js';
import { spikeword } from '../cli/spikeword.js';
import { temporaryFolder } from './corpus.js';

/** A sound of a recording: when it begins and ends, in seconds, and its amplitude. */
type Sound = readonly [from: number, to: number, amplitude: number];

/** Tones in faint noise, at `rate`. */
function recording(seconds: number, sounds: readonly Sound[], rate = 16_000): Int16Array {
  return Int16Array.from({ length: seconds * rate }, (_, k) => {
    const t = k / rate;
    const sound = sounds.find(([from, to]) => t >= from && t < to);
    const tone = sound === undefined ? 0 : sound[2] * Math.sin(2 * Math.PI * (300 + 17 * sound[0]) * t);
    return Math.round(tone + 20 * Math.sin(k * k));
  });
}

const TEN = Array.from({ length: 10 }, (_, k): Sound => [1 + 1.5 * k, 1.4 + 1.5 * k, 6000 + 300 * k]);

function folderWith(files: Readonly<Record<string, Uint8Array>>): (name: string) => string {
  const folder = temporaryFolder();
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return (name) => join(folder, name);
}

describe('other talk', () => {
  test('is cut into seconds without its pauses: one around a short word, several through a sentence', () => {
    const talk = recording(9, [
      [1, 1.4, 6000],
      [3, 5.6, 6000],
      [7, 7.05, 6000],
    ]);
    const seconds = cutTalk(talk);
    assert.equal(seconds.length, 4);
    assert.ok(seconds.every(({ length }) => length === 16_000));
    // the word is in the middle of its second, and the sentence is in the three that follow
    const [from, to] = wordExtent(seconds[0]);
    assert.ok(Math.abs((from + to) / 2 - 8000) < 240, `${from} to ${to}`);
    assert.deepEqual(seconds[2], talk.slice(3.8 * 16_000, 4.8 * 16_000));
  });

  test('is nothing where nobody speaks', () => {
    assert.deepEqual(cutTalk(new Int16Array(32_000)), []);
  });
});

describe('the words of a recording', () => {
  test('are found where they are', () => {
    const places = findWords(recording(17, TEN));
    assert.equal(places.length, 10);
    for (const [k, [from, to]] of places.entries()) {
      assert.ok(Math.abs(from / 16_000 - TEN[k][0]) < 0.015 && Math.abs(to / 16_000 - TEN[k][1]) < 0.015);
    }
  });

  test('may have a short gap, and end at a long one', () => {
    const gap = (pause: number): number =>
      findWords(
        recording(3, [
          [1, 1.2, 8000],
          [1.2 + pause, 1.6 + pause, 8000],
        ]),
      ).length;
    assert.deepEqual([gap(0.1), gap(0.2), gap(0.3)], [1, 1, 2]);
  });

  test('are found in loud noise that a recorder silences at the end', () => {
    const random = new Random(1);
    // noise 17 dB below the word, then nothing
    const gated = recording(3, [[0.8, 1.3, 4000]]).map((sample, k) =>
      k < 33_600 ? sample + Math.round(400 * random.normal()) : random.below(3) - 1,
    );
    const places = findWords(gated);
    assert.equal(places.length, 1);
    const [from, to] = places[0].map((sample) => sample / 16_000);
    assert.ok(Math.abs(from - 0.8) < 0.05 && Math.abs(to - 1.3) < 0.05, `${from} to ${to}`);
  });

  test('are none in silence and in steady noise', () => {
    assert.deepEqual(findWords(new Int16Array(32_000)), []);
    assert.deepEqual(findWords(new Int16Array(100)), []);
    const noise = recording(3, []);
    assert.ok(findWords(noise).every(([from, to]) => to - from > 16_000));
  });
});

describe('an import', () => {
  test('makes ten clips of one recording of ten takes, each with its word in the middle', async () => {
    const file = folderWith({ 'takes.wav': encodeWav(recording(17, TEN)) });
    const to = join(temporaryFolder(), 'mine');
    const [{ cuts, speaker, fault }] = await importRecordings({
      files: [file('takes.wav')],
      word: 'lamp',
      to,
      preview: false,
    });
    assert.equal(fault, null);
    const paths = cuts.map(({ path }) => path);
    assert.deepEqual(
      paths,
      Array.from({ length: 10 }, (_, k) => join(to, 'lamp', `${speaker}_nohash_${k}.wav`)),
    );
    for (const path of paths) {
      const clip = await readRecording(path ?? '');
      const [from, last] = wordExtent(clip);
      assert.equal(clip.length, 16_000);
      assert.ok(Math.abs((from + last) / 2 - 8000) < 200, `${from} to ${last}`);
    }
  });

  test('converts other sample rates and formats of WAV', async () => {
    const sound = recording(
      4,
      [
        [1, 1.5, 9000],
        [2.5, 3, 9000],
      ],
      44_100,
    );
    const stereo = [...sound].flatMap((sample) => [sample, sample]);
    const file = folderWith({ 'a.wav': riff([fmt({ rate: 44_100, channels: 2 }), data(integers(stereo, 16))]) });
    const [{ cuts }] = await importRecordings({
      files: [file('a.wav')],
      word: 'lamp',
      to: temporaryFolder(),
      preview: false,
    });
    assert.deepEqual(
      cuts.map(({ fromSeconds }) => fromSeconds.toFixed(1)),
      ['1.0', '2.5'],
    );
  });

  test('cuts a file that is read in pieces as the whole sound says, and tells how far it is', async () => {
    const rate = 48_000;
    const edges: Sound[] = [[0.02, 0.3, 7000], ...TEN.slice(1), [16.6, 17, 7000]];
    const stereo = [...recording(17, edges, rate)].flatMap((sample) => [sample, sample]);
    const file = folderWith({ 'a.wav': riff([fmt({ rate, channels: 2 }), data(integers(stereo, 16))]) })('a.wav');
    const shares: number[] = [];
    const onProgress = (done: number): void => void shares.push(done);
    const options = { files: [file], word: 'lamp', to: temporaryFolder(), preview: false, onProgress };
    const [{ cuts }] = await importRecordings(options);
    assert.equal(cuts.length, edges.length);
    const whole = await readRecording(file, { resample: true });
    const around = Int16Array.from({ length: whole.length + 16_000 }, (_, k) => whole[k - 8000] ?? 0);
    for (const { path, fromSeconds, toSeconds } of cuts) {
      const middle = Math.round(8000 * (fromSeconds + toSeconds));
      assert.deepEqual(await readRecording(path ?? ''), around.slice(middle, middle + 16_000));
    }
    assert.ok(shares.length > 20 && shares.every((share, k) => share >= (shares[k - 1] ?? 0)));
    assert.ok(shares.some((share) => share > 0.2 && share < 0.4) && shares.at(-1) === 1, shares.join(' '));
  });

  test('of an hour needs hardly more memory than one of a minute', () => {
    const file = folderWith({ 'short.wav': encodeWav(recording(17, TEN)), 'long.wav': encodeWav(recording(17, TEN)) });
    const long = readFileSync(file('long.wav'));
    // an hour of silence follows, to the end of a file without a length
    long.writeUInt32LE(0xffffffff, 40);
    writeFileSync(file('long.wav'), long);
    truncateSync(file('long.wav'), 3600 * 32_000);
    const library = new URL('../../host/dataset/index.js', import.meta.url).href;
    const script = `const { importRecordings } = await import(${JSON.stringify(library)});
      for (const file of ${JSON.stringify(['short.wav', 'long.wav'].map(file))}) {
        const options = { files: [file], word: 'lamp', to: ${JSON.stringify(temporaryFolder())}, preview: true };
        const [{ cuts }] = await importRecordings(options);
        console.log(cuts.length, process.resourceUsage().maxRSS / 1024);
      }`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    const [short, after] = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map(Number));
    assert.deepEqual([short?.[0], after?.[0]], [10, 10], stderr);
    // its samples alone are 110 MiB
    assert.ok(after[1] - short[1] < 100, `${after[1] - short[1]} MiB more`);
  });

  test('leaves out what is no word, what is too long and what is there already, with the reason', async () => {
    const sounds: Sound[] = [
      [1, 1.4, 8000],
      [3, 3.03, 8000],
      [4.5, 4.9, 600],
      [6, 7.5, 8000],
      [9, 9.4, 8000],
    ];
    const file = folderWith({ 'a.wav': encodeWav(recording(11, sounds)) });
    const options = { files: [file('a.wav')], word: 'lamp', to: temporaryFolder(), preview: false };
    const [first] = await importRecordings(options);
    assert.deepEqual(
      first.cuts.map(({ reason }) => reason),
      [null, '30 ms long: a click', '22 dB quieter than the others', '1.5 s long, longer than a second', null],
    );
    const [again] = await importRecordings(options);
    assert.match(again.cuts[0].reason ?? '', /^is there already: .*_nohash_0\.wav$/);
    assert.equal(readdirSync(join(options.to, 'lamp')).length, 2);
  });

  test('of noise alone has a fault', async () => {
    const file = folderWith({ 'noise.wav': encodeWav(recording(3, [])) });
    const options = { files: [file('noise.wav')], word: 'lamp', to: temporaryFolder(), preview: false };
    const [{ fault }] = await importRecordings(options);
    assert.match(String(fault), /^(nothing stands out from the noise|no word was found)$/);
  });

  test('keeps a neighbour out of the clip', async () => {
    const file = folderWith({
      'a.wav': encodeWav(
        recording(4, [
          [1, 1.3, 8000],
          [1.6, 1.9, 8000],
        ]),
      ),
    });
    const [{ cuts }] = await importRecordings({
      files: [file('a.wav')],
      word: 'lamp',
      to: temporaryFolder(),
      preview: true,
    });
    const clip = cuts[0].clip ?? new Int16Array();
    // 1.0 to 1.3 s is the middle, so the neighbour would begin 0.45 s after it
    assert.ok(clip.subarray(8000 + 6500).every((sample) => sample === 0));
    assert.ok(clip.subarray(8000 - 2000, 8000 + 2000).some((sample) => Math.abs(sample) > 7000));
  });

  test('names the speaker by option, by pattern, or as the user', async () => {
    const wav = encodeWav(recording(3, [[1, 1.4, 8000]]));
    const other = encodeWav(recording(3, [[1.2, 1.6, 8000]]));
    const file = folderWith({ 'lamp_ann_1.wav': wav, 'memo.wav': other });
    const files = [file('lamp_ann_1.wav'), file('memo.wav')];
    const speakersOf = async (options: object): Promise<string[]> =>
      (await importRecordings({ files, word: 'lamp', to: temporaryFolder(), preview: true, ...options })).map(
        ({ speaker }) => speaker,
      );
    assert.deepEqual(await speakersOf({ speaker: 'bob' }), ['bob', 'bob']);
    assert.deepEqual(await speakersOf({ speakerPattern: /^([a-z]+)/ }), ['lamp', 'memo']);
    const [user] = await speakersOf({});
    assert.match(user, /^[0-9a-f]{8}$/);
    await assert.rejects(speakersOf({ speakerPattern: /^lamp_([a-z]+)_/ }), /memo\.wav: --speaker-pattern finds no sp/);
    await assert.rejects(speakersOf({ speaker: 'a/b' }), UsageError);
  });
});

describe('dataset import', () => {
  test('shows a preview and writes only its page', () => {
    const file = folderWith({ '<b>.wav': encodeWav(recording(17, TEN)) });
    const to = join(temporaryFolder(), 'mine');
    const page = join(temporaryFolder(), 'cuts.html');
    const args = ['dataset', 'import', file('<b>.wav'), '--word', 'lamp', '--to', to, '--preview', page];
    const { code, stdout } = spikeword(...args);
    assert.equal(code, 0);
    assert.match(stdout, /\n<b>\.wav {2}\s*1\.00\s+1\.40 {2}would be kept\n/);
    assert.match(
      stdout,
      /10 clips of lamp by 1 speaker\nnothing was written but .*cuts\.html\nnext: open .*cuts\.html in a browser\n/,
    );
    assert.ok(!existsSync(to));
    const html = readFileSync(page, 'utf8');
    assert.equal(html.match(/<audio /g)?.length, 10);
    assert.ok(!html.includes('<b>'));
  });

  test('does not take a recording for the page of its preview', () => {
    const file = folderWith({ 'a.wav': encodeWav(recording(3, [])), 'b.wav': encodeWav(recording(3, [])) });
    const args = ['dataset', 'import', '--word', 'lamp', '--to', 'x', '--preview', file('a.wav'), file('b.wav')];
    const { code, stderr } = spikeword(...args);
    assert.equal(code, 2);
    assert.match(stderr, /--preview .*a\.wav: expected a \.html file/);
  });

  test('says which files it could not use, keeps the others, and exits with 1', () => {
    const file = folderWith({
      'good.wav': encodeWav(recording(3, [[1, 1.4, 8000]])),
      'bad.wav': Buffer.from('nothing'),
      'silent.wav': encodeWav(new Int16Array(32_000)),
    });
    const to = join(temporaryFolder(), 'mine');
    const files = ['bad.wav', 'good.wav', 'silent.wav'].map(file);
    const { code, stdout } = spikeword('dataset', 'import', ...files, '--word', 'lamp', '--to', to, '--speaker', 'ann');
    assert.equal(code, 1);
    assert.match(stdout, /bad\.wav\s+left out: 7 bytes, too short for a WAV file/);
    assert.match(stdout, /silent\.wav\s+left out: nothing stands out from the noise/);
    assert.match(stdout, /1 clip of lamp by 1 speaker\nnext: spikeword dataset info /);
    assert.deepEqual(readdirSync(join(to, 'lamp')), ['ann_nohash_0.wav']);
  });
});
