import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Detection } from '../../host/core/detection/index.js';
import { rateInterval, wilsonInterval } from '../../host/core/statistics/index.js';
import { encodeWav } from '../../host/core/wav/index.js';
import type { StreamReport, TuneResult } from '../../host/detection/index.js';
import { readModel, writeModel } from '../../host/model/index.js';
import { data, fmt, riff } from '../audio/wav-bytes.js';
import { MODEL, POINT_OPTIONS, SAMPLE, WORDS, wordsInARow } from '../detection/words.js';
import { MAIN, spikeword, unwrapped } from './spikeword.js';

const folder = mkdtempSync(join(tmpdir(), 'spikeword-live-'));
after(() => rmSync(folder, { recursive: true }));
/** The character that starts an escape sequence. */
const ESCAPE = '\x1b';
const wav = join(folder, 'words.wav');
const { samples, ends } = await wordsInARow();
writeFileSync(wav, encodeWav(samples));

const detectionsIn = (stdout: string): Detection[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Detection);

describe('spikeword listen', () => {
  const listen = (...args: string[]) => spikeword('listen', MODEL, ...args, ...POINT_OPTIONS);
  const { code, stdout, stderr } = listen('--wav', wav, '--json');
  const detections = detectionsIn(stdout);

  test('hears the words of a WAV file in order, each before the next has ended', () => {
    assert.equal(code, 0, stderr);
    assert.deepEqual(
      detections.map(({ word }) => word),
      WORDS,
    );
    detections.forEach(({ sample, timeMs, score }, k) => {
      assert.ok(sample > (ends[k - 1] ?? 0) && sample < (ends[k + 1] ?? ends[k] + 16_000), `word ${k} at ${sample}`);
      assert.equal(timeMs, sample / 16);
      assert.ok(score >= 0.5 && score <= 1);
    });
    assert.equal(stderr, `${wav}: ${(samples.length / 16_000).toFixed(1)} s heard, 8 detections\n`);
  });

  test('hears the same on stdin, as raw samples', () => {
    const pcm = Buffer.from(samples.buffer);
    const args = ['listen', MODEL, '-', '--json', ...POINT_OPTIONS];
    const { status, stdout: again } = spawnSync(process.execPath, [MAIN, ...args], { input: pcm, encoding: 'utf8' });
    assert.equal(status, 0);
    assert.deepEqual(detectionsIn(again), detections);
  });

  test('prints one line per detection without --json, and no escape sequences', () => {
    const { stdout: text, stderr: told } = listen('--wav', wav);
    const lines = text.trimEnd().split('\n');
    assert.equal(lines.length, 8);
    lines.forEach((line, k) => {
      assert.match(line, new RegExp(`^ +0:0\\d\\.\\d {2}${WORDS[k]} {2}[01]\\.\\d\\d$`));
    });
    assert.ok(!(text + told).includes(ESCAPE));
  });

  test('stops after --seconds, and repeats the file with --loop', () => {
    const { stdout: some } = listen('--wav', wav, '--json', '--seconds', '2');
    assert.deepEqual(
      detectionsIn(some),
      detections.filter(({ sample }) => sample <= 32_000),
    );
    const { stdout: more, stderr: told } = listen('--wav', wav, '--json', '--loop', '--seconds', '60');
    assert.match(told, /60\.0 s heard/);
    // From the second round on, every round has its detections at the same places.
    const rounds = detectionsIn(more).slice(8, 8 * 10);
    assert.equal(rounds.length, 72);
    for (const [k, { word, sample, score }] of rounds.entries()) {
      const first = rounds[k % 8];
      const expected = first.sample + Math.floor(k / 8) * samples.length;
      assert.deepEqual([word, sample, score], [first.word, expected, first.score]);
    }
  });

  test('draws a level meter and score bars on a terminal, and shows the cursor again at the end', async () => {
    const terminal = ['--import', 'data:text/javascript,process.stderr.isTTY = true; process.stderr.columns = 60'];
    const args = ['listen', MODEL, '--wav', wav, '--loop', '--seconds', '300', ...POINT_OPTIONS];
    const child = spawn(process.execPath, [...terminal, MAIN, ...args]);
    let screen = '';
    child.stdout.resume();
    child.stderr.on('data', (text) => {
      screen += text;
    });
    assert.deepEqual(await once(child, 'close'), [0, null]);
    assert.match(screen, /level +▕[█▏▎▍▌▋▊▉ ]+▏ −?\d+ dB\n/);
    for (const word of WORDS) assert.match(screen, new RegExp(`${word} +▕[█▏▎▍▌▋▊▉ ┊]+▏ [01]\\.\\d\\d\n`));
    for (const line of screen.split('\n')) assert.ok(line.split(ESCAPE)[0].length <= 60);
    assert.ok(screen.lastIndexOf(`${ESCAPE}[?25h`) > screen.lastIndexOf(`${ESCAPE}[?25l`), 'the cursor is hidden');
  });

  test('ends on Ctrl-C even while it loops over a file in memory, which never waits', async () => {
    const child = spawn(process.execPath, [MAIN, 'listen', MODEL, '--wav', wav, '--loop', ...POINT_OPTIONS]);
    child.stdout.once('data', () => {
      child.stdout.resume();
      child.kill('SIGINT');
    });
    const killing = setTimeout(() => child.kill('SIGKILL'), 20_000);
    assert.deepEqual(await once(child, 'close'), [130, null]);
    clearTimeout(killing);
  });

  test('converts two hours of another rate only as far as it is told to, and ends at once on a signal', async () => {
    const long = join(folder, 'long.wav');
    const dataBytes = 7200 * 48_000 * 2;
    writeFileSync(long, riff([fmt({ rate: 48_000 }), data(new Uint8Array(0), dataBytes)], dataBytes + 36));
    // zeros that take no room
    truncateSync(long, 44 + dataBytes);
    const args = [MAIN, 'listen', MODEL, '--wav', long, '--resample'];
    const { status, stderr: told } = spawnSync(process.execPath, [...args, '--seconds', '2'], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    assert.deepEqual([status, told], [0, `${long}: 2.0 s heard, 0 detections\n`]);
    const child = spawn(process.execPath, args);
    await wait(3000);
    const signalled = performance.now();
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'close'), [143, null]);
    assert.ok(performance.now() - signalled < 3000, `ended after ${performance.now() - signalled} ms`);
  });

  for (const [what, args, message] of [
    ['two inputs', ['-', '--wav', wav], /--wav and - are both inputs/],
    ['an input that is not stdin', ['words.raw'], /'words\.raw': expected '-' for stdin; give a WAV file with --wav/],
    ['--loop without a file', ['--loop'], /--loop needs --wav/],
    ['--real-time for stdin', ['-', '--real-time'], /--real-time needs --wav/],
    ['--device for a file', ['--wav', wav, '--device', 'hw:0'], /--device is only for the microphone/],
  ] as const) {
    test(`refuses ${what}`, () => {
      const { code: refused, stdout: nothing, stderr: fault } = listen(...args);
      assert.deepEqual([refused, nothing], [2, '']);
      assert.match(fault, message);
    });
  }

  test('refuses a recording instead of a model, and a WAV file instead of raw samples', () => {
    const { code: refused, stderr: fault } = spikeword('listen', wav);
    assert.equal(refused, 2);
    assert.match(fault, /words\.wav is a recording, not a model; give it with --wav/);
    const options = { input: readFileSync(wav), encoding: 'utf8' } as const;
    const { status, stderr: said } = spawnSync(process.execPath, [MAIN, 'listen', MODEL, '-'], options);
    assert.equal(status, 1);
    assert.match(said, /^CaptureError: stdin: is a recording with a header, as WAV has, expected/);
  });

  test('says what is wrong with an operating point, and with half a sample', () => {
    const { code: refused, stderr: fault } = spikeword('listen', MODEL, '--wav', wav, '--hop', '30');
    assert.equal(refused, 2);
    assert.match(fault, /--hop <ms>' argument '30' is invalid\. expected a multiple of 20/);
    const { code: impossible, stderr: reason } = spikeword('listen', MODEL, '--wav', wav, '--count', '3000');
    assert.equal(impossible, 1);
    assert.match(reason, /^DetectionError: a minimum count of 3000, expected 1 to /);
    const { status, stderr: odd } = spawnSync(process.execPath, [MAIN, 'listen', MODEL, '-'], {
      input: Buffer.alloc(3201),
      encoding: 'utf8',
    });
    assert.equal(status, 1);
    assert.match(odd, /^CaptureError: stdin: ends in the middle of a sample/);
  });
});

describe('spikeword evaluate --stream', () => {
  const stream = ['--data', SAMPLE, '--stream', '--hours', '0.05', '--split', 'testing', '--snr', '20'];
  const evaluate = (...args: string[]) => spikeword('evaluate', MODEL, ...stream, ...POINT_OPTIONS, ...args);
  const { code, stdout, stderr } = evaluate('--json');

  test('reports hours, keywords, misses, false accepts, latency and the curve in one object', () => {
    assert.equal(code, 0, stderr);
    const report = JSON.parse(stdout) as StreamReport;
    assert.equal(report.hours, 0.05);
    assert.ok(report.keywords > 30 && report.hits > report.keywords / 2, `${report.hits} of ${report.keywords}`);
    assert.equal(report.missRate, 1 - report.hits / report.keywords);
    assert.equal(report.falseAcceptsPerHour, report.falseAccepts / 0.05);
    assert.deepEqual(report.missRateInterval, wilsonInterval(report.keywords - report.hits, report.keywords));
    assert.deepEqual(report.falseAcceptsPerHourInterval, rateInterval(report.falseAccepts, 0.05));
    // five speakers are in the testing split of the sample, and each said the eight words once
    assert.deepEqual(report.keywordVoices, { clips: 40, speakers: 5 });
    assert.deepEqual(report.otherVoices, { clips: 0, speakers: 0 });
    assert.ok(report.latencyMs !== null && report.latencyMs.median < report.latencyMs.p95);
    assert.ok(report.curve.length > 50);
    const thresholds = report.curve.map(({ thresholds }) => Math.max(...thresholds));
    assert.deepEqual(
      thresholds,
      thresholds.toSorted((a, b) => a - b),
    );
    // no threshold nearer to that of the point misses less with fewer false accepts
    const own = Math.max(...report.point.thresholds);
    const near = report.curve.filter((_, k) => thresholds[k] <= own && (thresholds[k + 1] ?? own) >= own);
    assert.ok(near.some(({ falseAcceptsPerHour }) => falseAcceptsPerHour >= report.falseAcceptsPerHour));
    assert.equal(
      report.perWord.reduce((sum, { said }) => sum + said, 0),
      report.keywords,
    );
  });

  test('finds the same on one thread', () => {
    const timeless = (text: string): unknown => ({ ...JSON.parse(text), seconds: 0 });
    assert.deepEqual(timeless(evaluate('--json', '--threads', '1').stdout), timeless(stdout));
  });

  test('prints text without --json', () => {
    const { stdout: text } = evaluate();
    assert.match(text, /0\.05 h of stream from the testing split at 20 dB, seed 1/);
    assert.match(text, /dense: \d+ keywords and \d+ other words an hour/);
    assert.match(
      text,
      /misses +\d+\.\d % +95 % interval \d+\.\d to \d+\.\d %\n +\d+ of \d+ keywords, from \d+ clips by \d+ /,
    );
    assert.match(
      text,
      /false accepts +\d+\.\d\/h +95 % interval \d+\.\d to \d+\.\d\n +\d+ in all, while no other word was said\n/,
    );
    assert.match(text, /false accepts\/h +miss rate +threshold/);
  });

  test('counts the words that are not among --words as other words', () => {
    const only = JSON.parse(evaluate('--words', 'yes,no', '--json').stdout) as StreamReport;
    assert.deepEqual(only.perWord.map(({ word }) => word).sort(), ['no', 'yes']);
    assert.ok(only.otherWords > 0);
    assert.match(evaluate('--words', 'lamp').stderr, /^DetectionError: the model does not have the word 'lamp'/);
  });

  test('refuses options that are only for clips, and without --stream those for streams', () => {
    const { code: refused, stderr: fault } = evaluate('--report', join(folder, 'page.html'));
    assert.equal(refused, 2);
    assert.match(fault, /--report cannot be used with --stream/);
    const clips = spikeword('evaluate', MODEL, '--data', SAMPLE, '--hours', '1');
    assert.equal(clips.code, 2);
    assert.match(clips.stderr, /--hours needs --stream/);
    const rate = spikeword('evaluate', MODEL, '--data', SAMPLE, '--false-accepts', '5');
    assert.match(rate.stderr, /--false-accepts needs --stream/);
    const both = evaluate('--false-accepts', '5');
    assert.deepEqual([both.code, both.stderr.includes('give only one of them')], [2, true]);
    const curveless = spikeword('evaluate', MODEL, ...stream, '--false-accepts', '5');
    assert.match(curveless.stderr, /^DetectionError: this model has no curve .*`spikeword tune`/);
  });
});

describe('spikeword tune', () => {
  const tuned = join(folder, 'tuned.spkw');
  const stream = ['--data', SAMPLE, '--hours', '0.05', '--snr', '20', '--hop', '100'];

  test('stores the operating point with the fewest misses within the budget, and evaluate then uses it', () => {
    const args = ['tune', MODEL, ...stream, '--false-accepts', '100', '--out', tuned, '--json'];
    const { code, stdout, stderr } = spikeword(...args);
    assert.equal(code, 0, stderr);
    const { point, validation } = JSON.parse(stdout) as TuneResult;
    assert.ok(validation.falseAcceptsPerHour <= 100);
    assert.ok(validation.missRate < 0.5, `${validation.missRate}`);
    assert.ok(point.curve.length > 1);
    for (const [k, { missRate }] of point.curve.entries()) {
      assert.ok(k === 0 || missRate <= point.curve[k - 1].missRate);
    }
    const again = spikeword('evaluate', tuned, '--stream', ...stream.slice(0, 6), '--json');
    const report = JSON.parse(again.stdout) as StreamReport;
    assert.deepEqual([report.point, report.pointFrom], [point, 'model']);
    // the same voices in other streams: tuning plays each half of the speakers alone
    assert.ok(report.missRate < 0.6, `${report.missRate}`);
  });

  test('tunes a model in place, and gives the same bytes for the same seed', () => {
    const copy = join(folder, 'copy.spkw');
    copyFileSync(MODEL, copy);
    const args = ['tune', copy, ...stream, '--false-accepts', '100'];
    const { code, stdout } = spikeword(...args, '--threads', '1');
    assert.equal(code, 0);
    const point = /threshold 0\.\d+( to 0\.\d+)?, average \d+ ms, count \d, suppression \d+ ms, hop 100 ms/;
    assert.match(unwrapped(stdout), point);
    assert.deepEqual(readFileSync(copy), readFileSync(tuned));
    const chosen = /: (threshold .*), temperature \d /.exec(unwrapped(stdout))?.[1];
    assert.ok(unwrapped(spikeword('info', copy).stdout).endsWith(` detection ${chosen} `));
    assert.match(spikeword('info', MODEL).stdout, /\n {2}detection {4}not tuned \(spikeword tune\)\n$/);
  });

  test('also writes the module next to the model', () => {
    const run = join(folder, 'run');
    const { network } = readModel(MODEL);
    writeModel(network, run);
    assert.equal(spikeword('tune', run, ...stream, '--false-accepts', '100').code, 0);
    const [{ content }, module] = ['model.spkw', 'model.wasm'].map((name) => readModel(join(run, name)));
    assert.deepEqual(content, new Uint8Array(readFileSync(tuned)));
    assert.deepEqual(module.network.detection, readModel(tuned).network.detection);
  });

  test('never detects words that are not among --words, and counts them as other words', () => {
    const out = join(folder, 'two.spkw');
    const args = ['tune', MODEL, ...stream, '--false-accepts', '100', '--words', 'yes,no', '--out', out, '--json'];
    const { validation } = JSON.parse(spikeword(...args).stdout) as TuneResult;
    assert.ok(validation.otherWords > 0);
    const { labels, detection } = readModel(out).network;
    for (const { thresholds } of [detection!, ...detection!.curve]) {
      const detected = labels.filter((_, label) => thresholds[label] > 0);
      assert.deepEqual(detected.sort(), ['no', 'yes']);
    }
  });

  test('reports that no operating point within the budget hears anything', () => {
    const { code, stderr } = spikeword('tune', MODEL, ...stream.slice(0, 2), '--hours', '0.01', '--snr', '-40');
    assert.equal(code, 1);
    assert.match(stderr, /^DetectionError: .*detects nothing at 1 false accepts per hour or less/);
  });
});
