import { NetworkError } from '../error.js';
import { COEFFICIENTS, type FeatureParameters } from '../features/index.js';
import { decodeTensors, encodeTensors, type Tensor } from '../network/index.js';

/** A word and the frames of a stretch that it reaches, [from, to). */
export interface PlacedWord {
  /** Empty if it is of a language in which its name says nothing. */
  readonly word: string;
  readonly from: number;
  readonly to: number;
}

/** Stretches of sound, all equally long. */
export interface Stretches {
  readonly count: number;
  /** int8, [stretch][frame][coefficient] */
  readonly features: Int8Array;
  /** [stretch]: the words that are said in it. */
  readonly words: readonly (readonly PlacedWord[])[];
}

/** The splits of counter-examples, whose voices and sounds differ. */
export type CounterSplit = 'training' | 'validation';
export const COUNTER_SPLITS: readonly CounterSplit[] = ['training', 'validation'];

/** `words`: one word after another, in many voices; `speech`: sentences; `sound`: noise and music. */
export type CounterKind = 'words' | 'speech' | 'sound';
export const COUNTER_KINDS: readonly CounterKind[] = ['words', 'speech', 'sound'];

/** What a wake word is told apart from: features of other words and of noise, and noise itself. */
export interface CounterExamples {
  /** How the features were scaled, and the frames of a stretch. */
  readonly parameters: FeatureParameters;
  readonly stretches: Readonly<Record<CounterSplit, Readonly<Record<CounterKind, Stretches>>>>;
  /** int16, 16 kHz: noise to put behind words. */
  readonly noises: readonly Int16Array[];
  /** Who made the recordings, and their licences. */
  readonly credits: readonly string[];
}

const KEY = 'counter-examples';
/** Noise is stored in 8 bits: its own rounding noise, 45 dB below it, is nothing beside it. */
const NOISE_STEP = 256;

interface Description {
  readonly mean: readonly number[];
  readonly multiplier: readonly number[];
  readonly words: Record<string, (readonly PlacedWord[])[]>;
  readonly credits: readonly string[];
}

/** Encodes counter-examples as safetensors; the same ones give the same bytes. */
export function encodeCounterExamples({ parameters, stretches, noises, credits }: CounterExamples): Uint8Array {
  const { frames, mean, multiplier } = parameters;
  const tensors = new Map<string, Tensor>();
  const words: Description['words'] = {};
  for (const split of COUNTER_SPLITS) {
    for (const kind of COUNTER_KINDS) {
      const { count, features, words: placed } = stretches[split][kind];
      tensors.set(`${split}.${kind}`, { shape: [count, frames, COEFFICIENTS], data: features });
      words[`${split}.${kind}`] = [...placed];
    }
  }
  noises.forEach((noise, k) => {
    const data = Int8Array.from(noise, (sample) => Math.max(-128, Math.min(127, Math.round(sample / NOISE_STEP))));
    tensors.set(`noise.${k}`, { shape: [data.length], data });
  });
  const description: Description = { mean, multiplier, words, credits };
  return encodeTensors(tensors, { format: 'spikeword', [KEY]: JSON.stringify(description) });
}

/** Makes something of each kind. */
function byKind<T>(make: (kind: CounterKind) => T): Record<CounterKind, T> {
  return { words: make('words'), speech: make('speech'), sound: make('sound') };
}

/** Decodes counter-examples; throws `NetworkError` naming `file` and the fault. */
export function decodeCounterExamples(bytes: Uint8Array, file: string): CounterExamples {
  const { tensors, metadata } = decodeTensors(bytes, file);
  if (metadata[KEY] === undefined) throw new NetworkError(`${file}: has no counter-examples for wake words`);
  const { mean, multiplier, words, credits } = JSON.parse(metadata[KEY]) as Description;
  const frames = tensors.get('training.words')?.shape[1] ?? 0;
  const read = (name: string): Stretches => {
    const tensor = tensors.get(name);
    const isShaped = tensor?.shape.length === 3 && tensor.shape[1] === frames && tensor.shape[2] === COEFFICIENTS;
    if (!(tensor?.data instanceof Int8Array) || !isShaped) {
      throw new NetworkError(`${file}: tensor ${name} is missing or of another shape`);
    }
    const [count] = tensor.shape;
    if (words[name]?.length !== count) throw new NetworkError(`${file}: does not say which words ${name} has`);
    return { count, features: tensor.data, words: words[name] };
  };
  const readSplit = (split: CounterSplit) => byKind((kind) => read(`${split}.${kind}`));
  const stretches = { training: readSplit('training'), validation: readSplit('validation') };
  const noises = [...tensors]
    .filter(([name]) => name.startsWith('noise.'))
    .map(([, { data }]) => Int16Array.from(data as Int8Array, (value) => value * NOISE_STEP));
  return { parameters: { frames, mean, multiplier }, stretches, noises, credits };
}

/** Returns counter-examples scaled as a network wants them; each feature is off by at most one more rounding. */
export function scaledFor(examples: CounterExamples, wanted: FeatureParameters): CounterExamples {
  const { parameters: own } = examples;
  if (own.mean.join() === wanted.mean.join() && own.multiplier.join() === wanted.multiplier.join()) return examples;
  const slope = own.multiplier.map((multiplier, c) => wanted.multiplier[c] / multiplier);
  const offset = own.mean.map((mean, c) => ((mean - wanted.mean[c]) * wanted.multiplier[c]) / 2 ** 16);
  const scale = (stretches: Stretches): Stretches => ({
    ...stretches,
    features: stretches.features.map((value, k) => {
      const c = k % COEFFICIENTS;
      return Math.max(-128, Math.min(127, Math.round(value * slope[c] + offset[c])));
    }),
  });
  const all = (of: Readonly<Record<CounterKind, Stretches>>) => byKind((kind) => scale(of[kind]));
  const { training, validation } = examples.stretches;
  return {
    ...examples,
    parameters: { ...wanted, frames: own.frames },
    stretches: { training: all(training), validation: all(validation) },
  };
}
