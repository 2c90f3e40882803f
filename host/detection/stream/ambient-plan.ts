import { crc32 } from 'node:zlib';
import { amplitudeOf, CLIP_SAMPLES, FULL_SCALE, samplesOfSeconds } from '../../core/audio/index.js';
import { Random } from '../../core/random.js';
import type { AmbientFile, Sound } from '../../dataset/index.js';
import { between, gainFor, PAUSE_SECONDS, SPEECH_DBFS, STREAM_SAMPLES } from './plan.js';

/** A whole recording in a stream; `at` is its first sample. */
export interface Played {
  /** Its index in the sound pack. */
  readonly sound: number;
  readonly file: string;
  readonly at: number;
  readonly samples: number;
  readonly gain: number;
}

/** The content of one stream of a kind of sound. */
export interface AmbientPlan {
  readonly kind: string;
  readonly samples: number;
  /** In the order of their times; no two overlap. */
  readonly played: readonly Played[];
}

/**
 * The shortest and longest pause before a recording, in seconds: people breathe between sentences, and isolated words
 * come as in dense streams. Recordings of other kinds follow each other without a pause.
 */
const PAUSES = new Map<string, readonly [number, number]>([
  ['speech', [0.3, 1]],
  ['words', PAUSE_SECONDS],
]);

/** Silence at the end of a stream, in which the last word can still be detected. */
const TAIL_SAMPLES = CLIP_SAMPLES;

/**
 * Plans streams that play every recording once, at a level from −40 to −20 dBFS, in the order of the files. A stream
 * has one kind of sound and is at most ten minutes long, or as long as its only recording. Level and pause depend on
 * the seed and the path alone, so leaving out one recording changes nothing about the others.
 *
 * @param files those of a kind one after the other
 * @param sounds of the files, in the same order
 */
export function planAmbient(seed: number, files: readonly AmbientFile[], sounds: readonly Sound[]): AmbientPlan[] {
  const plans: { kind: string; samples: number; played: Played[] }[] = [];
  for (const [sound, { path, kind }] of files.entries()) {
    const random = new Random(0xa3b1, seed, crc32(path));
    const level = FULL_SCALE * amplitudeOf(between(random, SPEECH_DBFS));
    const pause = samplesOfSeconds(between(random, PAUSES.get(kind) ?? [0, 0]));
    const { samples } = sounds[sound];
    let last = plans.at(-1);
    if (last === undefined || last.kind !== kind || last.samples + pause + samples > STREAM_SAMPLES) {
      last = { kind, samples: TAIL_SAMPLES, played: [] };
      plans.push(last);
    }
    const at = last.samples - TAIL_SAMPLES + pause;
    last.played.push({ sound, file: path, at, samples, gain: gainFor(sounds[sound], level) });
    last.samples = at + samples + TAIL_SAMPLES;
  }
  return plans;
}
