import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { readRecording } from '../../host/audio/index.js';
import { Random } from '../../host/core/random.js';
import { encodeWav } from '../../host/core/wav/index.js';
import type { AmbientReport, StreamReport, TuneResult } from '../../host/detection/index.js';
import { temporaryFolder } from '../dataset/corpus.js';
import { MODEL, POINT_OPTIONS, SAMPLE } from '../detection/words.js';
import { spikeword, unwrapped } from './spikeword.js';

/** Returns seconds of faint noise, with a word of the sample at a second of it. */
async function hiss(seconds: number, word?: string, at = 0): Promise<Int16Array> {
  const random = new Random(seconds, at);
  const samples = Int16Array.from({ length: seconds * 16_000 }, () => Math.round(random.normal() * 20));
  if (word !== undefined) {
    const clip = await readRecording(join(SAMPLE, word, '06fb60c7_nohash_0.wav'));
    clip.forEach((sample, k) => {
      samples[at * 16_000 + k] += sample;
    });
  }
  return samples;
}

const root = temporaryFolder();
function put(path: string, content: Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

put('validation/speech/a/quiet.wav', encodeWav(await hiss(3)));
put('validation/music/a/long.wav', encodeWav(await hiss(9)));
put('validation/music/a/with-yes.wav', encodeWav(await hiss(12, 'yes', 7)));
put('validation/noise/hiss.wav', encodeWav(await hiss(8)));
put('training/noise/right.wav', encodeWav(await hiss(2, 'right', 1)));
const exceptions = join(root, 'exceptions.txt');
writeFileSync(exceptions, '# "yes" is really said\nvalidation/music/a/with-yes.wav\n');

const evaluate = (...args: string[]) =>
  spikeword('evaluate', MODEL, '--stream', '--ambient', root, ...POINT_OPTIONS, ...args);
const reportOf = ({ code, stdout, stderr }: ReturnType<typeof evaluate>): AmbientReport => {
  assert.equal(code, 0, stderr);
  return (JSON.parse(stdout) as { ambient: AmbientReport }).ambient;
};

describe('spikeword evaluate --stream --ambient', () => {
  const report = reportOf(evaluate('--json'));

  test('finds a word where it is said: in its kind, its file and its second', () => {
    assert.deepEqual(
      report.kinds.map(({ kind, files, falseAccepts }) => [kind, files, falseAccepts]),
      [
        ['speech', 1, 0],
        ['music', 2, 1],
        ['noise', 1, 0],
      ],
    );
    const [{ word, file, timeMs, score }] = report.kinds[1].accepts;
    assert.deepEqual([word, file], ['yes', 'validation/music/a/with-yes.wav']);
    assert.ok(timeMs > 7000 && timeMs < 8750, `${timeMs} ms`);
    assert.ok(score >= 0.5 && score <= 1);
  });

  test('gives the hours of each kind, and a rate with its exact interval', () => {
    const [speech, music] = report.kinds;
    // the recordings, a second at the end of the stream, and a pause before speech
    assert.ok(Math.abs(music.hours * 3600 - 22) < 1e-9);
    assert.ok(speech.hours * 3600 > 4.3 && speech.hours * 3600 < 5);
    assert.equal(music.falseAcceptsPerHour, 1 / music.hours);
    // Garwood's limits for one event, and for none
    assert.ok(Math.abs(music.falseAcceptsPerHourInterval[1] - 5.5716 / music.hours) < 0.1);
    assert.ok(Math.abs(speech.falseAcceptsPerHourInterval[1] - 3.6889 / speech.hours) < 0.1);
    assert.deepEqual([report.split, report.seed, report.pointFrom], ['validation', 1, 'command line']);
  });

  test('finds the same on any number of threads', () => {
    const timeless = (one: AmbientReport) => ({ ...one, seconds: 0 });
    for (const threads of ['1', '3']) {
      assert.deepEqual(timeless(reportOf(evaluate('--json', '--threads', threads))), timeless(report));
    }
  });

  test('leaves out the files of --except', () => {
    const { kinds, excepted } = reportOf(evaluate('--json', '--except', exceptions));
    assert.deepEqual(
      kinds.map(({ files, falseAccepts }) => [files, falseAccepts]),
      [
        [1, 0],
        [1, 0],
        [1, 0],
      ],
    );
    assert.equal(excepted, 1);
  });

  test('hears the part that --split names', () => {
    const { split, kinds } = reportOf(evaluate('--json', '--split', 'training'));
    assert.deepEqual([split, kinds.map(({ accepts }) => accepts.map(({ word }) => word))], ['training', [['right']]]);
  });

  test('prints a table without --json, and where to find the files', () => {
    const { stdout } = evaluate('--except', exceptions);
    const titled = /0\.01 h of ambient sound from the validation part of \S+, without 1 exception, seed 1 /;
    assert.match(unwrapped(stdout), titled);
    assert.match(stdout, /\nsound +hours +files +false accepts +per hour +95 % interval +detected\n/);
    assert.match(stdout, /\nmusic +0\.00 +1 +0 +0\.0 +0\.0 to [\d,]+\.\d\n/);
    assert.doesNotMatch(stdout, /--json/);
    assert.match(evaluate().stdout, /\nmusic .* yes 1\n[\s\S]*--json has the file and the time of each detection/);
  });

  test('also reports on dense streams if it has --data', () => {
    const both = ['--data', SAMPLE, '--split', 'training', '--hours', '0.01'];
    const { stdout, code, stderr } = evaluate(...both, '--json');
    assert.equal(code, 0, stderr);
    const { keywords, ambient } = JSON.parse(stdout) as StreamReport & { ambient: AmbientReport };
    assert.ok(keywords > 0);
    assert.equal(ambient.kinds[0].kind, 'noise');
    assert.match(evaluate(...both).stdout, /\ndense: [\s\S]*\n\S+: 0\.00 h of ambient sound/);
  });

  test('refuses a recording that cannot be read or is at another rate, and --resample converts the second', () => {
    const other = encodeWav(new Int16Array(8000).fill(5));
    new DataView(other.buffer).setUint32(24, 8000, true);
    new DataView(other.buffer).setUint32(28, 16_000, true);
    put('testing/noise/slow.wav', other);
    const { code, stderr } = evaluate('--split', 'testing');
    assert.equal(code, 1);
    assert.match(stderr, /^RecordingError: \S+slow\.wav: is at 8000 Hz, expected 16000 Hz \(use --resample\)\n$/);
    const [{ hours }] = reportOf(evaluate('--split', 'testing', '--resample', '--json')).kinds;
    assert.equal(Math.round(hours * 3600), 2);
    const broken = temporaryFolder();
    writeFileSync(join(broken, 'broken.wav'), 'RIFF');
    const { code: failed, stderr: fault } = evaluate('--ambient', broken);
    assert.equal(failed, 1);
    assert.match(fault, /^RecordingError: \S+broken\.wav: /);
  });

  test('refuses a folder without recordings', () => {
    const { code, stderr } = evaluate('--ambient', temporaryFolder());
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^DatasetError: \S+: contains no recordings; expected a folder for each kind of sound, such as/,
    );
  });

  test('refuses options that do not fit together', () => {
    const refused = (message: RegExp, ...args: string[]): void => {
      const { code, stderr } = spikeword('evaluate', MODEL, ...args);
      assert.equal(code, 2);
      assert.match(stderr, message);
    };
    refused(/--data is missing/, '--stream');
    refused(/--ambient needs --stream/, '--ambient', root, '--data', SAMPLE);
    refused(/--except needs --ambient/, '--stream', '--data', SAMPLE, '--except', exceptions);
    refused(/--hours needs --data/, '--stream', '--ambient', root, '--hours', '1');
  });
});

describe('spikeword tune --ambient', () => {
  const tuned = join(root, 'tuned.spkw');
  const tune = (...args: string[]) =>
    spikeword(
      ...['tune', MODEL, '--data', SAMPLE, '--hours', '0.05', '--snr', '20', '--hop', '100', '--out', tuned],
      ...['--false-accepts', '100', ...args],
    );
  const resultOf = ({ code, stdout, stderr }: ReturnType<typeof tune>): TuneResult => {
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as TuneResult;
  };

  test('chooses a point that keeps both budgets, and reports what is left, as evaluate does', () => {
    const free = resultOf(tune('--json'));
    const bound = resultOf(tune('--json', '--ambient', root, '--seed', '1'));
    assert.equal(free.ambient, undefined);
    assert.equal(bound.ambient?.budget, 1);
    // the planted word is not to be heard
    assert.deepEqual(
      bound.ambient?.kinds.map(({ falseAccepts }) => falseAccepts),
      [0, 0, 0],
    );
    assert.ok(bound.validation.falseAcceptsPerHour <= 100 && bound.validation.missRate > free.validation.missRate);
    const again = spikeword('evaluate', tuned, '--stream', '--ambient', root, '--json');
    assert.deepEqual(reportOf(again).kinds, bound.ambient?.kinds);
    const loose = resultOf(tune('--json', '--ambient', root, '--ambient-false-accepts', '1000'));
    assert.deepEqual(loose.point, free.point);
    const without = resultOf(tune('--json', '--ambient', root, '--except', exceptions));
    assert.deepEqual([without.point, without.ambient?.excepted], [free.point, 1]);
  });

  test('prints the false accepts in each kind of sound', () => {
    const { stdout } = tune('--ambient', root);
    assert.match(stdout, /\nmisses +\d+\.\d % +95 % interval /);
    assert.match(stdout, /\non the ambient sound:\nsound +hours +files /);
  });

  test('says so if no operating point keeps the budgets', () => {
    const { code, stderr } = tune('--ambient', root, '--hours', '0.01', '--snr', '-40', '--false-accepts', '1');
    assert.equal(code, 1);
    assert.match(
      stderr,
      /detects nothing at 1 false accepts per hour or less, and 1 in ambient sound \(allow more with --false-accepts or --ambient-false-accepts\)/,
    );
  });

  test('refuses --except and --ambient-false-accepts without --ambient', () => {
    for (const option of ['--except', '--ambient-false-accepts']) {
      const { code, stderr } = tune(option, '1');
      assert.equal(code, 2);
      assert.match(stderr, new RegExp(`tune: ${option} needs --ambient`));
    }
  });
});
