import { amplitudeOf, CLIP_SAMPLES, FULL_SCALE, samplesOfSeconds, sumOfSquares } from '../../core/audio/index.js';
import { Random } from '../../core/random.js';
import { balancedWords } from '../../dataset/index.js';

/** The properties of a generated stream. Docs and reports state these numbers. */
export interface StreamSettings {
  readonly hours: number;
  /** Signal-to-noise ratios in decibels; each scene draws one. */
  readonly snrDb: readonly number[];
  readonly seed: number;
}

/** A clip that can be used in a stream: its index in the sample pack and the properties of its samples. */
export interface StreamClip {
  readonly index: number;
  readonly word: string;
  /** Index in the model's labels; −1 if the word is not one of them. */
  readonly label: number;
  /** The position of the word in the clip, [from, to) in samples. */
  readonly extent: readonly [from: number, to: number];
  /** The root mean square within the extent, and the greatest magnitude of all samples. */
  readonly level: number;
  readonly peak: number;
}

/** A word at a known time of a stream. All positions are samples from the beginning of the stream. */
export interface Spoken {
  readonly clip: number;
  readonly label: number;
  /** The beginning of the clip. */
  readonly at: number;
  readonly wordFrom: number;
  readonly wordTo: number;
  readonly gain: number;
}

/** A part of a stream with one background, [from, to). */
export interface Scene {
  readonly from: number;
  readonly to: number;
  /** The recording of noise, its first sample and its gain; null for silence. The recording repeats at its end. */
  readonly noise: { readonly index: number; readonly offset: number; readonly gain: number } | null;
}

/** The content of one stream. */
export interface StreamPlan {
  readonly samples: number;
  readonly scenes: readonly Scene[];
  /** In the order of their times; no two overlap. */
  readonly spoken: readonly Spoken[];
}

/** The greatest length of a stream, so that threads can share an hour. */
export const STREAM_SAMPLES = samplesOfSeconds(600);
/** The shortest and longest scene, and pause between two clips, in seconds. */
const SCENE_SECONDS = [10, 20] as const;
export const PAUSE_SECONDS = [0.5, 2.5] as const;
/** The fractions of scenes without words, in noise and in digital silence. All others have words and noise. */
const NOISE_ONLY = 0.15;
const SILENT = 0.1;
/** The fraction of clips that are keywords, if there are other words. */
const KEYWORDS = 0.5;
/**
 * A clip of a rare word is used at most this many times as often as a clip of a common word. So no single clip decides
 * the false accepts of an hour.
 */
const RARE = 10;
/** The range of speech levels, in decibels relative to full scale, as microphones deliver them. */
export const SPEECH_DBFS = [-40, -20] as const;

/** Deals items in a random order. When none is left, it deals all of them again in a new order. */
class Deck<T> {
  private dealt = 0;
  constructor(
    private readonly items: T[],
    private readonly random: Random,
  ) {}

  get size(): number {
    return this.items.length;
  }

  next(): T {
    if (this.dealt % this.items.length === 0) this.random.shuffle(this.items);
    return this.items[this.dealt++ % this.items.length];
  }
}

/** Returns a number drawn from a range. */
export const between = (random: Random, [low, high]: readonly [number, number]): number =>
  low + (high - low) * random.uniform();

/** Returns the root mean square of `length` samples from `offset` on, continuing at the beginning after the end. */
function cyclicLevel(samples: Int16Array, offset: number, length: number): number {
  const rounds = Math.floor(length / samples.length);
  const rest = length - rounds * samples.length;
  const end = Math.min(offset + rest, samples.length);
  const around = offset + rest - end;
  const sum = rounds * sumOfSquares(samples) + sumOfSquares(samples, offset, end) + sumOfSquares(samples, 0, around);
  return Math.sqrt(sum / length);
}

/**
 * Plans streams with a total length of `hours`. A scene of 10 to 20 seconds has one background. In 75 % of the scenes
 * words are spoken in noise with pauses of 0.5 to 2.5 seconds, and half of them are keywords; 15 % are only noise, and
 * 10 % are digital silence. The other words are equally frequent if they have enough clips, because their frequency in
 * the dataset means nothing. Each scene draws a level of speech from −40 to −20 dBFS. A word gets this level within its
 * extent, and the noise of the scene is lower by the signal-to-noise ratio. The same settings and recordings give the
 * same plans.
 *
 * @param clips at least one with a label
 * @param noises int16, at least one, not all zero
 */
export function planStreams(
  settings: StreamSettings,
  clips: readonly StreamClip[],
  noises: readonly Int16Array[],
): StreamPlan[] {
  const random = new Random(0x5712, settings.seed);
  const keywords = new Deck(
    clips.filter(({ label }) => label >= 0),
    random,
  );
  const otherClips = clips.filter(({ label }) => label < 0);
  const others = new Deck(balancedWords(otherClips, otherClips.length, RARE, random), random);
  const plans: StreamPlan[] = [];
  for (let left = samplesOfSeconds(settings.hours * 3600); left > 0; left -= STREAM_SAMPLES) {
    const samples = Math.min(left, STREAM_SAMPLES);
    const scenes: Scene[] = [];
    const spoken: Spoken[] = [];
    for (let from = 0; from < samples; from = scenes[scenes.length - 1].to) {
      const to = Math.min(samples, from + samplesOfSeconds(between(random, SCENE_SECONDS)));
      const kind = random.uniform();
      const speechLevel = FULL_SCALE * amplitudeOf(between(random, SPEECH_DBFS));
      const snrDb = settings.snrDb[random.below(settings.snrDb.length)];
      const index = random.below(noises.length);
      const offset = random.below(noises[index].length);
      const noiseLevel = cyclicLevel(noises[index], offset, to - from);
      const gain = noiseLevel === 0 ? 0 : (speechLevel / noiseLevel) * amplitudeOf(-snrDb);
      scenes.push({ from, to, noise: kind < SILENT ? null : { index, offset, gain } });
      if (kind < SILENT + NOISE_ONLY) continue;
      const pause = (): number => samplesOfSeconds(between(random, PAUSE_SECONDS));
      for (let at = from + pause(); at + CLIP_SAMPLES <= to; at += CLIP_SAMPLES + pause()) {
        const deck = others.size === 0 || random.uniform() < KEYWORDS ? keywords : others;
        spoken.push(say(deck.next(), at, speechLevel));
      }
    }
    plans.push({ samples, scenes, spoken });
  }
  return plans;
}

/** Returns the gain that brings a sound to a level, but never above full scale. */
export function gainFor({ level, peak }: Pick<StreamClip, 'level' | 'peak'>, wanted: number): number {
  return level === 0 ? 1 : Math.min(wanted / level, 32_767 / peak);
}

/** Returns a clip at a position, with the gain for a level. */
function say(clip: StreamClip, at: number, speechLevel: number): Spoken {
  const { index, label, extent } = clip;
  return { clip: index, label, at, wordFrom: at + extent[0], wordTo: at + extent[1], gain: gainFor(clip, speechLevel) };
}
