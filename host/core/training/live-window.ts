import {
  amplitudeOf,
  CLIP_SAMPLES,
  FULL_SCALE,
  rootMeanSquare,
  roundedSample,
  samplesOfMs,
  wordExtent,
} from '../audio/index.js';
import { Random } from '../random.js';
import { type AugmentationSettings, drawSpeed, type LiveSettings } from './augmentation.js';
import { limitBand } from './band-limit.js';
import { joinWords } from './joined-word.js';
import { addStretch } from './stretch.js';

/**
 * What a window of a stream contains. `word` has nearly all of a word inside; a small `piece` of any word is
 * `_unknown_`. No window has a share in between, since neither answer would be wrong. `joined` is a word made of two.
 * The ambient kinds are of recordings outside the dataset, drawn again for every window.
 */
export const LIVE_KINDS = {
  word: 0,
  piece: 1,
  silence: 2,
  joined: 3,
  ambientSpeech: 4,
  ambientWord: 5,
  ambientSilence: 6,
} as const;

/** Recordings outside the dataset. The next call of any of these may overwrite what the one before returned. */
export interface AmbientSource {
  /** Returns a stretch of continuous speech: `samples` long, or a whole recording that is shorter. */
  speech(samples: number, random: Random): Int16Array;
  /** Returns a recording of one word. */
  word(random: Random): Int16Array;
  /** Returns a stretch without words, as long as one of speech. */
  sound(samples: number, random: Random): Int16Array;
  readonly hasSound: boolean;
}

export interface LiveSource {
  /** One of `LIVE_KINDS`. */
  readonly kind: number;
  /** int16, the recording; only read for words of the dataset. */
  readonly clip: Int16Array;
  /** Whether the word is `_unknown_`, so that it may be played backwards. */
  readonly unknown: boolean;
  /** A recording of another word: the neighbour in the stream, or the other half. The next call may overwrite it. */
  another(random: Random): Int16Array;
  /** A recording of a word that is `_unknown_`, for windows longer than a clip. The next call may overwrite it. */
  filler(random: Random): Int16Array;
  /** Needed for the ambient kinds; if it is given, noise also comes from it. */
  readonly ambient?: AmbientSource;
  /** Lets a window be heard in a random room, in place. */
  reverberate?(window: Float64Array, random: Random): void;
}

/** Where a word is in a window, in samples; it may begin before the window or end after it. */
export interface WindowPlace {
  readonly from: number;
  readonly to: number;
}

/** Where noise comes from: recordings of the dataset and, for a share of the noise, ambient sound. */
interface NoiseSource {
  readonly noises: readonly Int16Array[];
  readonly ambient: AmbientSource | undefined;
  readonly share: number;
}

/** Longer extents come from noisy recordings, in which the word itself is shorter. */
const LONGEST_WORD = 9600;
/** At least 50 ms between a word and the part of its neighbour, or they would be one word. */
const LEAST_GAP = 800;
/** A neighbour fades over 20 ms beyond its extent, so that it does not end in a click. */
const FADE = 320;
const NEIGHBOUR_DB = 6;
/** Share of the noise that comes from two recordings at once. */
const TWO_NOISES = 0.3;
/** Noise is played up to this much faster or slower, because few recordings must represent all noise. */
const NOISE_SPEED = 0.25;
const DIGITAL_SILENCE = 0.1;
/** −60 dBFS: noise added to a quieter word is as loud as if the word were this loud. */
const QUIET_RMS = 32.768;

/** Streams of random numbers of their own, so that an augmentation changes nothing else when it is turned on. */
const STREAMS = { rooms: 1, bandLimit: 2, reversed: 3 } as const;

const between = (random: Random, low: number, high: number): number => low + (high - low) * random.uniform();

/**
 * Fills one window of a stream as a microphone would deliver it: a word anywhere in it, cut at its edge, faster or
 * slower, with a part of its neighbour, in a room, at any level, clipped, in noise; or noise alone. Draws from `random`
 * only. Returns where the word is, or null if there is none.
 *
 * @param target int16, the window
 * @param noises recordings of background noise of the split
 */
export function liveWindow(
  target: Int16Array,
  source: LiveSource,
  settings: AugmentationSettings & { readonly live: LiveSettings },
  noises: readonly Int16Array[],
  random: Random,
): WindowPlace | null {
  const window = zeros('window', target.length);
  const { kind, ambient } = source;
  const { live } = settings;
  const chance = (stream: keyof typeof STREAMS): Random | null => {
    const own = new Random(STREAMS[stream], ...random.save());
    return own.uniform() < live[stream] ? own : null;
  };
  const [room, band, reversed] = [chance('rooms'), chance('bandLimit'), chance('reversed')];
  const noise = (share: number): NoiseSource => ({ noises, ambient, share: ambient?.hasSound ? share : 0 });
  let place: WindowPlace | null = null;
  if (kind === LIVE_KINDS.silence) fillSilence(window, live, noise(0), random);
  else if (kind === LIVE_KINDS.ambientSilence) fillSilence(window, live, noise(1), random);
  else {
    let rms: number;
    if (kind === LIVE_KINDS.ambientSpeech) rms = fillSpeech(window, source, settings, random);
    else ({ rms, place } = fillWord(window, source, settings, reversed !== null, random));
    if (room !== null) source.reverberate?.(window, room);
    addLevelAndNoise(window, rms, settings, noise(live.ambientNoise), random);
  }
  if (band !== null) limitBand(window, band);
  for (let k = 0; k < target.length; k++) target[k] = roundedSample(window[k]);
  return place;
}

/** Arrays that are used again for every window, because allocating them takes longer than filling them. */
const scratch: { [use in 'window' | 'noise']?: Float64Array } = {};

/** Returns an array of zeros, which the next call for the same use overwrites. */
function zeros(use: keyof typeof scratch, length: number): Float64Array {
  const array = scratch[use];
  if (array?.length === length) return array.fill(0);
  scratch[use] = new Float64Array(length);
  return scratch[use];
}

function fillSilence(window: Float64Array, live: LiveSettings, noise: NoiseSource, random: Random): void {
  const rms = FULL_SCALE * amplitudeOf(between(random, ...live.silenceDb));
  if (random.uniform() >= DIGITAL_SILENCE) addNoise(window, rms, noise, random);
}

/** Puts a stretch of ambient speech into a window, as loud as a word of the dataset, and returns its level. */
function fillSpeech(
  window: Float64Array,
  { another, ambient }: LiveSource,
  settings: AugmentationSettings,
  random: Random,
): number {
  const speed = drawSpeed(settings, random);
  const rms = wordLevel(another(random));
  const samples = Math.ceil(window.length * speed) + 1;
  // A pause between sentences is not a word, so the louder of two stretches is used.
  const first = ambient!.speech(samples, random).slice();
  const second = ambient!.speech(samples, random);
  const speech = rootMeanSquare(second) > rootMeanSquare(first) ? second : first;
  const length = (speech.length - 1) / speed;
  const start = Math.round(between(random, 0, Math.max(0, window.length - length)));
  addStretch(window, speech, -start * speed, speed, rms / Math.max(1, rootMeanSquare(speech)));
  return rms;
}

/** The root mean square of a recording within its word. */
function wordLevel(clip: Int16Array): number {
  return rootMeanSquare(clip, ...wordExtent(clip));
}

/** Returns the recording of a window with a word, and its level if it is not the recorded one. */
function spoken(source: LiveSource, reversed: boolean, random: Random): { clip: Int16Array; level: number | null } {
  const { kind, clip, unknown, another, ambient } = source;
  if (kind === LIVE_KINDS.joined) return { clip: joinEitherWay(clip, another(random), random), level: null };
  const isAmbient = kind === LIVE_KINDS.ambientWord;
  const level = isAmbient ? wordLevel(another(random)) : null;
  const forwards = isAmbient ? ambient!.word(random) : clip;
  const backwards = reversed && (isAmbient || (kind === LIVE_KINDS.word && unknown));
  return { level, clip: backwards ? forwards.slice().reverse() : forwards };
}

/** Puts a word, or a piece of it, into a window, perhaps with a neighbour, and returns its level and place. */
function fillWord(
  window: Float64Array,
  source: LiveSource,
  settings: AugmentationSettings & { readonly live: LiveSettings },
  reversed: boolean,
  random: Random,
): { rms: number; place: WindowPlace } {
  const { kind, another, filler } = source;
  const { live } = settings;
  const { clip, level } = spoken(source, reversed, random);
  const speed = drawSpeed(settings, random);
  const [from, to] = wordExtent(clip);
  const length = (to - from) / speed;
  const start =
    kind === LIVE_KINDS.piece
      ? pieceStart(window.length, length, live, random)
      : wordStart(window.length, length, live, kind === LIVE_KINDS.word && !source.unknown, random);
  // The whole recording is added with its word: what comes before the extent may be the word's faint beginning.
  const recorded = rootMeanSquare(clip, from, to);
  const rms = level ?? recorded;
  addStretch(window, clip, from - start * speed, speed, level === null ? 1 : level / Math.max(1, recorded));
  if (random.uniform() < live.neighbour) {
    if (window.length > CLIP_SAMPLES) addWholeNeighbour(window, filler(random), start, start + length, rms, random);
    else addNeighbour(window, another(random), start, start + length, rms, live, random);
  }
  return { rms, place: { from: start, to: start + length } };
}

/** Makes speech of a level louder or quieter, and adds noise at a ratio to it. */
function addLevelAndNoise(
  window: Float64Array,
  rms: number,
  { gainDb, noise: share, snrDb }: AugmentationSettings,
  noise: NoiseSource,
  random: Random,
): void {
  const gain = amplitudeOf(between(random, -gainDb, gainDb));
  for (let k = 0; k < window.length; k++) window[k] *= gain;
  if (random.uniform() >= share) return;
  addNoise(window, Math.max(QUIET_RMS, rms * gain) * amplitudeOf(-between(random, ...snrDb)), noise, random);
}

function joinEitherWay(one: Int16Array, other: Int16Array, random: Random): Int16Array {
  return random.uniform() < 0.5 ? joinWords(one, other, random) : joinWords(other, one, random);
}

/**
 * Where a word begins so that at least `wordInside` of it is in the window, and a word of the task as far from the
 * edges as `leadMs` and `tailMs` say; in the middle if there is no room for both.
 */
function wordStart(
  window: number,
  length: number,
  { wordInside, leadMs, tailMs }: LiveSettings,
  ofTask: boolean,
  random: Random,
): number {
  const outside = (1 - wordInside) * length;
  let [first, last] = [-outside, window - length + outside];
  if (ofTask && leadMs !== undefined) first = Math.max(first, samplesOfMs(leadMs));
  if (ofTask && tailMs !== undefined) last = Math.min(last, window - length - samplesOfMs(tailMs));
  if (first > last) first = last = (first + last) / 2;
  return Math.round(between(random, first, last));
}

/**
 * Where a word begins so that only a part of it is in the window: its end at the left, or its beginning at the right.
 */
function pieceStart(window: number, length: number, { pieceInside }: LiveSettings, random: Random): number {
  const inside = between(random, ...pieceInside) * Math.min(length, LONGEST_WORD);
  return Math.round(random.uniform() < 0.5 ? inside - length : window - inside);
}

/** Adds the end of a word before `start`, or the beginning of a word after `end`, if there is room. */
function addNeighbour(
  window: Float64Array,
  other: Int16Array,
  start: number,
  end: number,
  rms: number,
  live: LiveSettings,
  random: Random,
): void {
  const before = random.uniform() < 0.5;
  const [from, to] = wordExtent(other);
  const most = live.pieceInside[1] * Math.min(to - from, LONGEST_WORD);
  const room = Math.min(most, (before ? start : window.length - end) - LEAST_GAP);
  const inside = Math.round(room * between(random, 0.3, 1));
  const gain = neighbourGain(rms, other, from, to, random);
  if (inside <= 0) return;
  for (let k = -FADE; k < inside; k++) {
    const fade = k < 0 ? 1 + k / FADE : 1;
    if (before) window[inside - 1 - k] += gain * fade * (other[to - 1 - k] ?? 0);
    else window[window.length - inside + k] += gain * fade * (other[from + k] ?? 0);
  }
}

/** The gain that brings a word to the level of its neighbour, give or take. */
function neighbourGain(rms: number, other: Int16Array, from: number, to: number, random: Random): number {
  return (
    (rms / Math.max(1, rootMeanSquare(other, from, to))) * amplitudeOf(between(random, -NEIGHBOUR_DB, NEIGHBOUR_DB))
  );
}

/**
 * Adds a whole word before `start` or after `end`, at least LEAST_GAP away. It may reach beyond the edge of the window.
 */
function addWholeNeighbour(
  window: Float64Array,
  other: Int16Array,
  start: number,
  end: number,
  rms: number,
  random: Random,
): void {
  const before = random.uniform() < 0.5;
  const [from, to] = wordExtent(other);
  const room = before ? start : window.length - end;
  const gap = between(random, LEAST_GAP, Math.max(LEAST_GAP, room));
  const at = Math.round(before ? start - gap - (to - from) : end + gap);
  const gain = neighbourGain(rms, other, from, to, random);
  // faded beyond its extent, so that it neither clicks nor reaches its neighbour
  for (let k = -FADE; k < to - from + FADE; k++) {
    const beyond = Math.max(-k, k - (to - from - 1), 0);
    const n = at + k;
    if (n >= 0 && n < window.length) window[n] += gain * (1 - beyond / FADE) * (other[from + k] ?? 0);
  }
}

/** Adds a stretch of background noise of the given level, at times from two recordings. */
function addNoise(window: Float64Array, rms: number, source: NoiseSource, random: Random): void {
  const { noises, ambient, share } = source;
  if (noises.length === 0 && share === 0) return;
  const count = random.uniform() < TWO_NOISES ? 2 : 1;
  const sum = zeros('noise', window.length);
  for (let k = 0; k < count; k++) {
    if (share > 0 && random.uniform() < share) addAmbientSound(sum, ambient!, random);
    else if (noises.length > 0) addRecordedNoise(sum, noises, random);
  }
  const level = rootMeanSquare(sum, 0, sum.length);
  if (level > 0) for (let n = 0; n < sum.length; n++) window[n] += (sum[n] * rms) / level;
}

const noiseSpeed = (random: Random): number => 1 + between(random, -NOISE_SPEED, NOISE_SPEED);
const noiseGain = (random: Random): number => between(random, 0.2, 1);

function addRecordedNoise(sum: Float64Array, noises: readonly Int16Array[], random: Random): void {
  const noise = noises[random.below(noises.length)];
  const speed = noiseSpeed(random);
  const offset = random.below(Math.max(1, Math.floor(noise.length - sum.length * speed)));
  addStretch(sum, noise, offset, speed, noiseGain(random));
}

/** Adds a stretch of ambient sound. A sound that is shorter than the window is anywhere in it. */
function addAmbientSound(sum: Float64Array, ambient: AmbientSource, random: Random): void {
  const speed = noiseSpeed(random);
  const sound = ambient.sound(Math.ceil(sum.length * speed) + 1, random);
  const start = Math.round(between(random, 0, Math.max(0, sum.length - sound.length / speed)));
  addStretch(sum, sound, -start * speed, speed, noiseGain(random));
}
