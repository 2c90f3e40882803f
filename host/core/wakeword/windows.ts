import { HOP_SAMPLES, windowSamples, wordExtent } from '../audio/index.js';
import type { CompiledModule } from '../compiled-module.js';
import { COEFFICIENTS, type FeatureParameters, FrontEnd } from '../features/index.js';
import { Random } from '../random.js';
import {
  type AugmentationSettings,
  Convolver,
  LIVE_KINDS,
  type LiveSettings,
  liveWindow,
  NO_AUGMENTATION,
  PLAIN_WINDOWS,
  roomResponses,
  type Spectrum,
} from '../training/index.js';
import type { CounterExamples, Stretches } from './counter-examples.js';

/** A recording of a wake word. */
export interface WakeWordClip {
  /** Index of the word. */
  readonly label: number;
  /** int16, a second at 16 kHz with the word in it */
  readonly samples: Int16Array;
}

/** Windows of one epoch. */
export interface Windows {
  /** int8 [window][frame][coefficient] */
  readonly features: Int8Array;
  readonly labels: Int32Array;
}

/** Shares of the windows of an epoch; the rest are windows of the counter-examples' words. */
const SHARES = {
  words: 0.35,
  spoilt: 0.12,
  others: 0.08,
  background: 0.06,
  speech: 0.18,
  sound: 0.1,
  quiet: 0.05,
} as const;
/** Share of the windows with a wake word that also have other words before it, after it, or both. */
const NEIGHBOURS = 0.5;
/** Frames between a word and its neighbour. */
const GAP = [3, 20] as const;

/** How copies of a few recordings differ: more than the speaker's voice, room and microphone will. */
const SETTINGS: AugmentationSettings & { readonly live: LiveSettings } = {
  ...NO_AUGMENTATION,
  gainDb: 15,
  noise: 0.85,
  snrDb: [3, 30],
  speed: [0.8, 1.25],
  live: { ...PLAIN_WINDOWS, wordInside: 0.9, leadMs: 200, tailMs: 80, rooms: 0.3, bandLimit: 0.2 },
};

/** How copies differ that show what is missed: as much as the same word said again a few metres away. */
const CHECKED: typeof SETTINGS = {
  ...SETTINGS,
  gainDb: 10,
  noise: 1,
  snrDb: [10, 30],
  speed: [0.95, 1.05],
  live: { ...SETTINGS.live, bandLimit: 0 },
};

/** Rooms in which the windows of a training are heard, and copies that show what is missed. */
const ROOMS = { training: 16, copies: 4 } as const;
/** Random streams of their own. */
const STREAMS = { windows: 0x3a4e, rooms: 0x3a50, copies: 0x3a51, roomsOfCopies: 0x3a52 } as const;

/** Where windows come from. */
export interface WindowSources {
  readonly clips: readonly WakeWordClip[];
  /** int16, a second each: recordings of other words by the same people; may be empty. */
  readonly others: readonly Int16Array[];
  /** int16: sound without speech from where the words will be said, of any length; may be empty. */
  readonly background: readonly Int16Array[];
  /** [label]: the wake words. Counter-examples in which they are said are left out. */
  readonly words: readonly string[];
  /** Scaled as `parameters` say. */
  readonly counterExamples: CounterExamples;
  /** dist/wasm/frontend.wasm, compiled. */
  readonly frontEnd: CompiledModule;
  /** How features are scaled, and the frames of a window. */
  readonly parameters: FeatureParameters;
  readonly seed: number;
}

/** Makes the windows on which a wake word is trained. Labels: the words, then `_unknown_`, then `_silence_`. */
export class WindowMaker {
  private readonly frames: number;
  private readonly sample: Int16Array;
  private readonly frontEnd: FrontEnd;
  private readonly convolver = new Convolver();
  /** Noise behind words: that of the counter-examples, and the sound of the rooms. */
  private readonly noises: readonly Int16Array[];
  private rooms: readonly Spectrum[] | null = null;
  private readonly words: ReadonlySet<string>;
  /** Wake words in the order in which they take turns. */
  private readonly turns: readonly (readonly WakeWordClip[])[];

  constructor(private readonly sources: WindowSources) {
    const { clips, words, frontEnd, parameters, background, counterExamples } = sources;
    this.noises = [...counterExamples.noises, ...background];
    this.frames = parameters.frames;
    this.sample = new Int16Array(windowSamples(parameters.frames));
    this.frontEnd = FrontEnd.create(frontEnd, parameters);
    this.words = new Set(words);
    this.turns = words.map((_, label) => clips.filter((clip) => clip.label === label));
  }

  /** Makes so many windows; each draw gives others. */
  make(count: number, draw: number): Windows {
    const size = this.frames * COEFFICIENTS;
    const [features, labels] = [new Int8Array(count * size), new Int32Array(count)];
    const unknown = this.sources.words.length;
    const silence = unknown + 1;
    for (let k = 0; k < count; k++) {
      const random = new Random(STREAMS.windows, this.sources.seed, draw, k);
      const target = features.subarray(k * size, (k + 1) * size);
      let rest = k / count;
      const takes = (share: number): boolean => {
        rest -= share;
        return rest < 0;
      };
      if (takes(SHARES.words)) labels[k] = this.word(target, k, random);
      else if (takes(SHARES.spoilt)) {
        labels[k] = unknown;
        this.spoilt(target, k, random);
      } else if (this.sources.others.length > 0 && takes(SHARES.others)) {
        const { others } = this.sources;
        labels[k] = unknown;
        this.render(target, LIVE_KINDS.word, others[k % others.length], random, { unknown: true });
      } else if (this.sources.background.length > 0 && takes(SHARES.background)) {
        const { background: noises, clips } = this.sources;
        labels[k] = silence;
        this.render(target, LIVE_KINDS.silence, clips[0].samples, random, { noises });
      } else if (takes(SHARES.speech)) {
        labels[k] = unknown;
        this.crop(target, this.sources.counterExamples.stretches.training.speech, random);
      } else if (takes(SHARES.sound)) {
        labels[k] = silence;
        this.crop(target, this.sources.counterExamples.stretches.training.sound, random);
      } else if (takes(SHARES.quiet)) {
        labels[k] = silence;
        this.render(target, LIVE_KINDS.silence, this.sources.clips[0].samples, random);
      } else {
        labels[k] = unknown;
        this.crop(target, this.sources.counterExamples.stretches.training.words, random);
      }
    }
    return { features, labels };
  }

  /** Makes copies of every clip as other takes of it might sound, in noise and other rooms, without other words. */
  copies(perClip: number): Windows & { readonly count: number } {
    const { clips, seed } = this.sources;
    const size = this.frames * COEFFICIENTS;
    const count = clips.length * perClip;
    const [features, labels] = [new Int8Array(count * size), new Int32Array(count)];
    const options = {
      unknown: false,
      settings: CHECKED,
      rooms: this.drawRooms(ROOMS.copies, STREAMS.roomsOfCopies),
    };
    for (let k = 0; k < count; k++) {
      const { label, samples } = clips[k % clips.length];
      const target = features.subarray(k * size, (k + 1) * size);
      this.render(target, LIVE_KINDS.word, samples, new Random(STREAMS.copies, seed, k), options);
      labels[k] = label;
    }
    return { count, features, labels };
  }

  /** The rooms of all windows but copies, which are drawn when they are needed first. */
  private trainingRooms(): readonly Spectrum[] {
    this.rooms ??= this.drawRooms(ROOMS.training, STREAMS.rooms);
    return this.rooms;
  }

  private drawRooms(count: number, stream: number): Spectrum[] {
    const random = new Random(stream, this.sources.seed);
    return roomResponses(count, random).map((response) => this.convolver.spectrum(response));
  }

  private clipOf(k: number): WakeWordClip {
    const of = this.turns[k % this.turns.length];
    return of[Math.floor(k / this.turns.length) % of.length];
  }

  /** Fills a window with a wake word, and returns its label. */
  private word(target: Int8Array, k: number, random: Random): number {
    const { label, samples } = this.clipOf(k);
    const place = this.render(target, LIVE_KINDS.word, samples, random, { unknown: false });
    if (place !== null && random.uniform() < NEIGHBOURS) {
      const which = random.below(3);
      const gap = (): number => GAP[0] + random.below(GAP[1] - GAP[0]);
      if (which !== 1) this.splice(target, 0, Math.floor(place.from / HOP_SAMPLES) - gap(), random);
      if (which !== 0) this.splice(target, Math.ceil(place.to / HOP_SAMPLES) + gap(), this.frames, random);
    }
    return label;
  }

  /** Replaces frames [from, to) of a window by those of other words. */
  private splice(target: Int8Array, from: number, to: number, random: Random): void {
    if (to - from < GAP[0]) return;
    const { features, start } = this.drawCrop(this.sources.counterExamples.stretches.training.words, to - from, random);
    target.set(features.subarray(start, start + (to - from) * COEFFICIENTS), from * COEFFICIENTS);
  }

  /** Fills a window with what is nearly the word: a part of it, its halves in the wrong order, or backwards. */
  private spoilt(target: Int8Array, k: number, random: Random): void {
    const { samples } = this.clipOf(k);
    const copy = samples.slice();
    const [from, to] = wordExtent(samples);
    const at = Math.round(from + (0.35 + 0.3 * random.uniform()) * (to - from));
    switch (random.below(4)) {
      case 0:
        copy.fill(0, at);
        break;
      case 1:
        copy.fill(0, 0, at);
        break;
      case 2:
        copy.set(samples.subarray(at, to), from);
        copy.set(samples.subarray(from, at), from + to - at);
        break;
      default:
        copy.reverse();
    }
    this.render(target, LIVE_KINDS.word, copy, random, { unknown: true });
  }

  private render(
    target: Int8Array,
    kind: number,
    clip: Int16Array,
    random: Random,
    { unknown = true, settings = SETTINGS, rooms = this.trainingRooms(), noises = this.noises } = {},
  ): { from: number; to: number } | null {
    const same = (): Int16Array => clip;
    const source = {
      ...{ kind, clip, unknown, another: same, filler: same },
      reverberate: (window: Float64Array, from: Random) => {
        this.convolver.convolve(window, rooms[from.below(rooms.length)]);
      },
    };
    const place = liveWindow(this.sample, source, settings, noises, random);
    this.frontEnd.features(this.sample, target);
    return place;
  }

  private crop(target: Int8Array, stretches: Stretches, random: Random): void {
    const { features, start } = this.drawCrop(stretches, this.frames, random);
    target.set(features.subarray(start, start + target.length));
  }

  /** Draws frames in which no wake word is said. */
  private drawCrop(stretches: Stretches, frames: number, random: Random): { features: Int8Array; start: number } {
    const length = this.sources.counterExamples.parameters.frames;
    for (;;) {
      const stretch = random.below(stretches.count);
      const first = random.below(length - frames + 1);
      const said = stretches.words[stretch].some(
        ({ word, from, to }) => this.words.has(word) && from < first + frames && to > first,
      );
      if (!said) return { features: stretches.features, start: (stretch * length + first) * COEFFICIENTS };
    }
  }
}
