import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Random } from '../../host/core/random.js';
import {
  type AugmentationSettings,
  type LiveSettings,
  NO_AUGMENTATION,
  PLAIN_WINDOWS,
} from '../../host/core/training/augmentation.js';
import { joinWords } from '../../host/core/training/joined-word.js';
import { LIVE_KINDS, liveWindow } from '../../host/core/training/live-window.js';
import { type Example, resolveTask } from '../../host/dataset/index.js';
import { liveExamples } from '../../host/training/live-examples.js';

type Settings = AugmentationSettings & { readonly live: LiveSettings };

const SECOND = 16_000;
const DRAWS = 300;
/** Settings in which words are anywhere in the window and are not changed otherwise. */
const PLAIN: Settings = {
  ...NO_AUGMENTATION,
  live: { ...PLAIN_WINDOWS, wordInside: 0.8, pieces: 0.2, joined: 0.1 },
};
const WHOLE: Settings = { ...PLAIN, live: { ...PLAIN.live, wordInside: 1 } };
const WORD_SAMPLES = 4000;

/** A word of a constant value, 250 ms from 0.4 s on, so that its samples in a window can be counted. */
function word(value: number): Int16Array {
  return new Int16Array(SECOND).fill(value, 6400, 6400 + WORD_SAMPLES);
}

function hiss(seed: number): Int16Array {
  const random = new Random(seed);
  return Int16Array.from({ length: 40_000 }, () => Math.round(3000 * random.normal()));
}

interface Drawing {
  readonly kind: number;
  readonly settings?: Settings;
  readonly clip?: Int16Array;
  readonly other?: Int16Array;
  readonly noises?: readonly Int16Array[];
}

/** Returns many windows with different random numbers. */
function windows(drawing: Drawing): Int16Array[] {
  const { kind, settings = PLAIN, clip = word(1000), other = word(0), noises = [] } = drawing;
  return Array.from({ length: DRAWS }, (_, draw) => {
    const target = new Int16Array(SECOND).fill(-1);
    liveWindow(
      target,
      { kind, clip, unknown: false, another: () => other, filler: () => other },
      settings,
      noises,
      new Random(5, draw),
    );
    return target;
  });
}

const count = (window: Int16Array, value: number): number => window.filter((sample) => sample === value).length;
const rms = (window: ArrayLike<number>): number =>
  Math.sqrt(Array.from(window).reduce((sum, sample) => sum + sample * sample, 0) / window.length);

describe('a word in a window', () => {
  test('keeps the distance that is wanted from both edges, if it is a word of the task', () => {
    const settings = { ...WHOLE, live: { ...WHOLE.live, leadMs: 300, tailMs: 100 } };
    const starts = windows({ kind: LIVE_KINDS.word, settings }).map((window) => window.indexOf(1000));
    // 250 ms of word, 300 before it and 100 after it leave 350 of a second
    assert.ok(Math.min(...starts) >= 300 * 16 && Math.min(...starts) < 330 * 16, `${Math.min(...starts)}`);
    assert.ok(Math.max(...starts) <= 650 * 16 && Math.max(...starts) > 620 * 16, `${Math.max(...starts)}`);
    // in the middle of what is left, if that is less than nothing
    const narrow = { ...WHOLE, live: { ...WHOLE.live, leadMs: 700, tailMs: 250 } };
    for (const window of windows({ kind: LIVE_KINDS.word, settings: narrow })) {
      assert.ok(Math.abs(window.indexOf(1000) - 600 * 16) <= 1);
    }
  });

  test('has at least the required share inside, anywhere from one edge to the other', () => {
    const all = windows({ kind: LIVE_KINDS.word });
    const inside = all.map((window) => count(window, 1000) / WORD_SAMPLES);
    assert.ok(Math.min(...inside) >= 0.79, `${Math.min(...inside)}`);
    assert.ok(
      inside.some((share) => share < 0.85),
      'some are cut',
    );
    const starts = all.map((window) => window.indexOf(1000));
    assert.ok(starts.includes(0) && Math.max(...starts) > SECOND - WORD_SAMPLES);
    for (let quarter = 0; quarter < 4; quarter++) {
      const low = (quarter * (SECOND - WORD_SAMPLES)) / 4;
      const here = starts.filter((start) => start >= low && start < low + (SECOND - WORD_SAMPLES) / 4).length;
      assert.ok(here > DRAWS / 8, `${here} of ${DRAWS} begin in quarter ${quarter}`);
    }
  });

  test('has at most the required share inside if only a piece is wanted, at either edge', () => {
    const all = windows({ kind: LIVE_KINDS.piece });
    const inside = all.map((window) => count(window, 1000) / WORD_SAMPLES);
    assert.ok(Math.min(...inside) >= 0.14 && Math.max(...inside) <= 0.41);
    assert.ok(all.every((window) => (window[0] === 1000) !== (window[SECOND - 1] === 1000)));
    const left = all.filter((window) => window[0] === 1000).length;
    assert.ok(left > DRAWS / 3 && left < (2 * DRAWS) / 3, `${left} at the left`);
  });

  test('never has so much of a neighbour beside it that there are two words, and never touches it', () => {
    const settings = { ...PLAIN, live: { ...PLAIN.live, neighbour: 1 } };
    // The neighbour has the opposite sign and a different level.
    const all = windows({ kind: LIVE_KINDS.word, settings, other: word(-1000) });
    const shares = all.map((window) => window.filter((sample) => sample < -400).length / WORD_SAMPLES);
    assert.ok(Math.max(...shares) <= 0.4 + 0.05 && Math.max(...shares) > 0.3, `${Math.max(...shares)}`);
    for (const window of all) {
      const own = [window.indexOf(1000), window.lastIndexOf(1000)];
      const gap = window.slice(Math.max(0, own[0] - 400), own[0]).some((sample) => sample < -1);
      assert.ok(!gap && !window.slice(own[0], own[1]).some((sample) => sample < 0), 'no neighbour near the word');
    }
    assert.ok(all.some((window) => window[0] < -400) && all.some((window) => window[SECOND - 1] < -400));
  });

  test('may have a whole neighbour in a window longer than a clip, which never touches it', () => {
    const settings = { ...PLAIN, live: { ...PLAIN.live, wordInside: 1, neighbour: 1 } };
    const all = Array.from({ length: DRAWS }, (_, draw) => {
      const target = new Int16Array(2 * SECOND);
      const source = {
        kind: LIVE_KINDS.word,
        clip: word(1000),
        unknown: false,
        another: () => word(0),
        filler: () => word(-1000),
      };
      liveWindow(target, source, settings, [], new Random(5, draw));
      return target;
    });
    for (const window of all) {
      const own = [window.indexOf(1000), window.lastIndexOf(1000)];
      assert.equal(own[1] - own[0] + 1, WORD_SAMPLES);
      const around = window.slice(Math.max(0, own[0] - 400), own[1] + 400);
      assert.ok(!around.some((sample) => sample < 0), 'no neighbour near the word');
    }
    const whole = all.filter((window) => window.filter((sample) => sample < -400).length >= WORD_SAMPLES).length;
    assert.ok(whole > DRAWS / 4, `${whole} of ${DRAWS} have a whole neighbour`);
    // before the word and after it
    const before = all.filter((window) => window.findIndex((sample) => sample < -400) < window.indexOf(1000)).length;
    assert.ok(before > DRAWS / 4 && before < (3 * DRAWS) / 4, `${before} before`);
  });

  test('is spoken faster and slower', () => {
    const settings = { ...PLAIN, speed: [0.8, 1.25] as const, live: { ...PLAIN.live, wordInside: 1 } };
    const lengths = windows({ kind: LIVE_KINDS.word, settings }).map((window) => count(window, 1000));
    assert.ok(Math.min(...lengths) >= 3199 && Math.min(...lengths) < 3250, `${Math.min(...lengths)}`);
    assert.ok(Math.max(...lengths) > 4900 && Math.max(...lengths) <= 5000, `${Math.max(...lengths)}`);
    // The logarithm is uniform, so half of the words are faster and half are slower.
    const slower = lengths.filter((length) => length > WORD_SAMPLES).length;
    assert.ok(slower > 0.42 * DRAWS && slower < 0.58 * DRAWS, `${slower} of ${DRAWS}`);
  });

  test('is made quieter and louder, and is clipped instead of wrapped', () => {
    const settings = { ...PLAIN, gainDb: 15 };
    const peaks = windows({ kind: LIVE_KINDS.word, settings, clip: word(12_000) }).map((window) => {
      assert.ok(window.every((sample) => sample >= 0));
      return Math.max(...window);
    });
    assert.ok(Math.min(...peaks) < 2500 && Math.min(...peaks) > 2100, `${Math.min(...peaks)}`);
    assert.equal(Math.max(...peaks), 32767);
  });

  test('has noise at the required ratio to the word, not to the window', () => {
    const settings = { ...PLAIN, noise: 1, snrDb: [10, 10] } as const;
    const clean = windows({ kind: LIVE_KINDS.word });
    const noisy = windows({ kind: LIVE_KINDS.word, settings, noises: [hiss(1), hiss(2)] });
    for (const [k, window] of noisy.entries()) {
      const ratio = 20 * Math.log10(1000 / rms(window.map((sample, n) => sample - clean[k][n])));
      assert.ok(Math.abs(ratio - 10) < 0.05, `${ratio} dB`);
    }
  });
});

describe('a joined word', () => {
  test('is the beginning of one word and the end of another, equally loud, without a click', () => {
    const joined = joinWords(word(1000), word(-4000), new Random(1));
    const first = joined.lastIndexOf(1000) + 1 - 6400;
    assert.ok(first >= 0.3 * WORD_SAMPLES && first <= 0.5 * WORD_SAMPLES, `${first}`);
    const second = count(joined, -1000) + 320;
    assert.ok(second >= 0.4 * WORD_SAMPLES && second <= 0.6 * WORD_SAMPLES, `${second}`);
    assert.equal(joined.indexOf(-1000) - joined.lastIndexOf(1000), 320);
    assert.ok(
      joined.every((sample, k) => k === 0 || Math.abs(sample - joined[k - 1]) <= 7 || k < 6401 || joined[k] === 0),
    );
  });

  test('begins with either of the two words', () => {
    const all = windows({ kind: LIVE_KINDS.joined, other: word(-1000), settings: WHOLE });
    const ahead = all.filter((window) => window.indexOf(1000) < window.indexOf(-1000)).length;
    assert.ok(ahead > DRAWS / 3 && ahead < (2 * DRAWS) / 3, `${ahead}`);
  });
});

describe('silence in a window', () => {
  test('is noise at all levels in the range, and sometimes zeros', () => {
    const all = windows({ kind: LIVE_KINDS.silence, noises: [hiss(1), hiss(2)] });
    const zeros = all.filter((window) => window.every((sample) => sample === 0)).length;
    assert.ok(zeros > DRAWS / 20 && zeros < DRAWS / 5, `${zeros}`);
    const levels = all.map((window) => 20 * Math.log10(rms(window) / 32768)).filter(Number.isFinite);
    assert.ok(Math.min(...levels) < -65 && Math.max(...levels) < -9.5 && Math.max(...levels) > -15);
  });

  test('contains no word', () => {
    for (const window of windows({ kind: LIVE_KINDS.silence })) assert.ok(window.every((sample) => sample === 0));
  });
});

describe('a window of ambient sound', () => {
  /** Ambient sound by value: speech is 4000 and pauses within it, a word is −4000, music is 300. */
  const source = (kind: number, speech: Int16Array = new Int16Array(3 * SECOND).fill(4000)) => ({
    kind,
    clip: new Int16Array(SECOND),
    unknown: false,
    another: () => word(1000),
    filler: () => word(1000),
    ambient: {
      speech: (samples: number, random: Random) => {
        const offset = random.below(Math.max(1, speech.length - samples + 1));
        return speech.slice(offset, offset + samples);
      },
      word: () => new Int16Array(2 * SECOND).fill(-4000, 8000, 8000 + WORD_SAMPLES),
      sound: (samples: number) => new Int16Array(samples).fill(300),
      hasSound: true,
    },
  });
  const drawn = (kind: number, live: Partial<LiveSettings> = {}, speech?: Int16Array): Int16Array[] =>
    Array.from({ length: DRAWS }, (_, draw) => {
      const target = new Int16Array(SECOND);
      const settings = { ...PLAIN, noise: 1, snrDb: [20, 20] as const, live: { ...PLAIN.live, ...live } };
      liveWindow(target, source(kind, speech), settings, [new Int16Array(3 * SECOND).fill(-300)], new Random(5, draw));
      return target;
    });

  test('is full of speech, as loud as a word of the dataset', () => {
    const quiet = { ...PLAIN.live, ambientNoise: 0 };
    for (const window of drawn(LIVE_KINDS.ambientSpeech, quiet)) {
      // 1000 of speech and −100 of noise
      assert.ok(window.every((sample) => Math.abs(sample - 900) <= 1));
    }
  });

  test('has all of a short recording, anywhere', () => {
    const all = drawn(LIVE_KINDS.ambientSpeech, {}, new Int16Array(WORD_SAMPLES).fill(4000));
    for (const window of all) {
      const inside = window.filter((sample) => sample > 500).length;
      assert.ok(Math.abs(inside - WORD_SAMPLES) <= 2, `${inside}`);
    }
    const starts = all.map((window) => window.findIndex((sample) => sample > 500));
    assert.ok(Math.min(...starts) < 1000 && Math.max(...starts) > SECOND - WORD_SAMPLES - 1000);
  });

  test('rarely falls into a pause: of two stretches, the louder counts', () => {
    const speech = new Int16Array(8 * SECOND).fill(4000, 0, 4 * SECOND);
    const silent = drawn(LIVE_KINDS.ambientSpeech, {}, speech).filter((window) => window.every((s) => s < 500)).length;
    // 3/7 of the stretches are silent, so (3/7)² of the windows
    assert.ok(silent > 0.11 * DRAWS && silent < 0.26 * DRAWS, `${silent} of ${DRAWS}`);
  });

  test('has a whole word of a longer recording, as loud as a word of the dataset', () => {
    for (const window of drawn(LIVE_KINDS.ambientWord, { wordInside: 1 })) {
      assert.equal(window.filter((sample) => Math.abs(sample + 1100) <= 1).length, WORD_SAMPLES);
    }
  });

  test('without words is ambient sound alone at all levels of silence', () => {
    const all = drawn(LIVE_KINDS.ambientSilence);
    assert.ok(
      all.every((window) => window.every((sample) => sample >= 0)),
      'no noise of the dataset',
    );
    const levels = all.map((window) => 20 * Math.log10(rms(window) / 32768)).filter(Number.isFinite);
    assert.ok(Math.min(...levels) < -65 && Math.max(...levels) > -15);
  });

  test('is also the given share of the noise behind words', () => {
    const ambient = (share: number): number => {
      const windows = drawn(LIVE_KINDS.word, { ambientNoise: share, wordInside: 1 });
      return windows.filter((window) => Math.max(...window) > 0).length / DRAWS;
    };
    assert.equal(ambient(0), 0);
    assert.equal(ambient(1), 1);
    // With two noises at once, which is three times in ten, the louder one decides.
    assert.ok(Math.abs(ambient(0.5) - 0.5) < 0.1);
  });
});

describe('a window may also', () => {
  /** A word that rises, so that its direction can be seen. */
  const rising = (): Int16Array =>
    new Int16Array(SECOND).map((_, n) => (n >= 6400 && n < 6400 + WORD_SAMPLES ? 2000 + (n - 6400) : 0));
  const drawn = (live: Partial<LiveSettings>, unknown = true, kind: number = LIVE_KINDS.word): Int16Array[] =>
    Array.from({ length: DRAWS }, (_, draw) => {
      const target = new Int16Array(SECOND);
      const settings = { ...PLAIN, live: { ...WHOLE.live, ...live } };
      const other = (): Int16Array => word(0);
      const reverberate = (window: Float64Array): void => void window.fill(7);
      const source = { kind, clip: rising(), unknown, another: other, filler: other, reverberate };
      liveWindow(target, source, settings, [hiss(1)], new Random(5, draw));
      return target;
    });
  const plain = drawn({});
  const near = (share: number, wanted: number): void => assert.ok(Math.abs(share - wanted) < 0.08, `${share}`);
  const changed = (windows: readonly Int16Array[]): number =>
    windows.filter((window, k) => Buffer.compare(Buffer.from(window.buffer), Buffer.from(plain[k].buffer)) !== 0)
      .length;

  test('be heard in a room, if it has speech', () => {
    const all = drawn({ rooms: 0.3 });
    const inRoom = all.filter((window) => window.every((sample) => sample === 7)).length;
    near(inRoom / DRAWS, 0.3);
    assert.equal(changed(all), inRoom, 'every other window is the same as without rooms');
    assert.ok(drawn({ rooms: 1 }, true, LIVE_KINDS.silence).every((window) => !window.every((sample) => sample === 7)));
  });

  test('be heard through a cheap microphone, also silence', () => {
    near(changed(drawn({ bandLimit: 0.2 })) / DRAWS, 0.2);
    const [open, limited] = [0, 1].map((bandLimit) => drawn({ bandLimit }, true, LIVE_KINDS.silence));
    const energy = (windows: Int16Array[]): number => windows.reduce((sum, window) => sum + rms(window), 0);
    assert.ok(energy(limited) < 0.98 * energy(open));
  });

  test('be played backwards, if its word is unknown', () => {
    const isFalling = (window: Int16Array): boolean => window.indexOf(5999) < window.indexOf(2000);
    const all = drawn({ reversed: 0.4 });
    near(all.filter(isFalling).length / DRAWS, 0.4);
    assert.equal(changed(all), all.filter(isFalling).length);
    assert.equal(changed(drawn({ reversed: 1 }, false)), 0);
  });
});

test('a window depends only on its random numbers', () => {
  const settings: Settings = { ...PLAIN, gainDb: 15, noise: 1, snrDb: [0, 30], live: { ...PLAIN.live, neighbour: 1 } };
  const drawing = { kind: LIVE_KINDS.word, settings, other: word(900), noises: [hiss(1)] };
  assert.deepEqual(windows(drawing), windows(drawing));
  assert.notDeepEqual(windows(drawing)[0], windows(drawing)[1]);
});

describe('the examples of a live training', () => {
  const task = resolveTask('live:lamp,desk');
  const example = (label: number, n: number): Example => ({ label, name: `${label}/${n}`, clip: null, noise: null });
  const examples = [0, 1, 2, 3].flatMap((label) => Array.from({ length: 10 }, (_, n) => example(label, n)));

  test('are those of the task, then pieces of its words and joined words as unknown', () => {
    const counts = [30, 10, 4, 2];
    const live = liveExamples(task, examples, PLAIN.live, 1);
    assert.deepEqual(live.examples.slice(0, 40), examples);
    assert.deepEqual(
      [...live.kinds],
      [LIVE_KINDS.word, LIVE_KINDS.silence, LIVE_KINDS.piece, LIVE_KINDS.joined].flatMap((kind, k) =>
        Array(counts[k]).fill(kind),
      ),
    );
    for (const { label, name } of live.examples.slice(40)) {
      assert.equal(label, 2);
      assert.match(name, /^[01]\//);
    }
  });

  test('contain other pieces for another seed', () => {
    const pieces = (seed: number): string[] =>
      liveExamples(task, examples, PLAIN.live, seed)
        .examples.slice(40)
        .map(({ name }) => name);
    assert.deepEqual(pieces(1), pieces(1));
    assert.notDeepEqual(pieces(1), pieces(2));
  });
});
