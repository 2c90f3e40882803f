import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { CLIP_SAMPLES } from '../../core/audio/index.js';
import { UsageError } from '../../core/error.js';
import type { Checkpoint } from '../../core/network/index.js';
import { type Stage, staged } from '../../core/stage.js';
import { type Voices, voicesOf } from '../../core/statistics/index.js';
import {
  decodeCounterExamples,
  makeFromRecordings,
  sortRecordings,
  WAKE_WORD_EPOCHS,
  WAKE_WORD_RATE,
  WAKE_WORD_WINDOWS,
  type WakeWordOptions,
  type WakeWordOutcome,
  type WakeWordSounds,
  wakeWordName,
} from '../../core/wakeword/index.js';
import {
  type ClipFile,
  type Dataset,
  datasetDigest,
  type Example,
  loadBackgroundNoise,
  openDataset,
  openMistakes,
  packSamples,
  resolveTask,
} from '../../dataset/index.js';
import { readCheckpoint, writeCheckpoint, writeModel } from '../../model/index.js';
import {
  abbreviateHome,
  expandHome,
  packagePath,
  packageVersion,
  RunError,
  wasmBytes,
  writeFileAtomically,
} from '../../system/index.js';
import { startThreads } from '../open-engine.js';

/** What a wake word is trained from, and where its model goes. */
export interface WakeWordTraining {
  /** A folder with a folder of recordings for each word. */
  readonly data: string;
  /** The words to hear. */
  readonly words: readonly string[];
  /** Folders of kept and reviewed sounds: false accepts become counter-examples, and words further recordings. */
  readonly mistakes?: readonly string[];
  /** New or empty folder for the model. */
  readonly out: string;
  /** Checkpoint of the network to begin from; default: that of the bundled model. */
  readonly from?: string;
  /** Converts recordings at other sample rates instead of refusing them. */
  readonly resample?: boolean;
  readonly seed?: number;
  readonly epochs?: number;
  readonly threads?: number;
  readonly stage?: Stage;
}

/** A wake word's files, and what is known of it. */
export interface WakeWordResult {
  readonly words: readonly string[];
  /** Paths of the model and of its module. */
  readonly model: string;
  readonly module: string;
  readonly checkpoint: string;
  /** The recordings that were trained on, and those that were held out. */
  readonly trained: Voices;
  readonly heldOut: Voices;
  /** Recordings of other words in the folder, and false accepts, which were counter-examples. */
  readonly others: number;
  /** The reviewed sounds among the recordings and among the others. */
  readonly mistakes: { readonly words: number; readonly falseAccepts: number };
  readonly rate: number;
  readonly outcome: WakeWordOutcome;
  readonly seconds: number;
}

/** Returns the network that wake words begin from, unless another is given. */
export function wakeWordTrunk(path = packagePath('models/commands.safetensors')): Checkpoint {
  const trunk = readCheckpoint(path);
  if (trunk.spec.padding !== 'valid') {
    throw new UsageError(`${path}: this network classifies clips; a wake word needs one that listens`);
  }
  if (trunk.spec.neuron === 'relu') {
    throw new UsageError(`${path}: this network has no spikes; \`train --from\` makes a spiking one of it first`);
  }
  return trunk;
}

/** Returns what wake words are trained with in this process, other than the network that they begin from. */
export async function wakeWordTools(threads: number): Promise<Omit<WakeWordOptions, 'trunk'>> {
  const [trainer, frontEnd, kernel] = await Promise.all(
    (['trainer', 'frontend', 'kernel'] as const).map((name) => WebAssembly.compile(wasmBytes(name))),
  );
  const path = packagePath('models/counter-examples.safetensors');
  return {
    counterExamples: decodeCounterExamples(readFileSync(path), path),
    modules: { trainer, frontEnd, kernel },
    threads,
    startThreads,
  };
}

/**
 * Trains a network that hears a few words from a few recordings of them, and writes `WORD.spkw`, `WORD.wasm` and
 * `WORD.safetensors` into a new or empty folder, with `wake-word.json`, which says how they were made.
 *
 * Throws `UsageError` for a word without recordings or a network that classifies clips,
 * `RunError` for a folder that is not empty, `DatasetError`, `RecordingError` or `WriteError`.
 */
export async function trainWakeWords(options: WakeWordTraining): Promise<WakeWordResult> {
  const { data, words, out, from, resample, stage, seed = 1, epochs = WAKE_WORD_EPOCHS } = options;
  const began = performance.now();
  if (existsSync(out) && readdirSync(out).length > 0) throw new RunError(`${out}: is not empty; give a new folder`);
  const trunk = wakeWordTrunk(from);
  const dataset = openDataset(data);
  const recordings = sortRecordings(words, dataset.clips);
  words.forEach((word, label) => {
    if (recordings.own.some((one) => one.label === label)) return;
    throw new UsageError(`${data}: has no recordings of '${word}'; put them into ${join(data, word)}`);
  });
  const mistakes = reviewedOf(options.mistakes ?? [], words);
  const [own, others, heard, wrong] = await samplesOf(
    dataset,
    [recordings.own.map(({ recording }) => recording), recordings.others, mistakes.words, mistakes.falseAccepts],
    { resample, stage },
  );
  const sounds: WakeWordSounds = {
    recordings: {
      own: recordings.own.map((one, k) => ({ ...one, recording: { samples: own[k] } })),
      others: others.map((samples) => ({ samples })),
    },
    mistakes: {
      words: mistakes.words.map(({ label }, k) => ({ label, samples: heard[k] })),
      falseAccepts: wrong,
    },
    background: await loadBackgroundNoise(dataset, { resample }),
  };
  const origin = { spikeword: packageVersion(), digest: datasetDigest(dataset) };
  const tools = await wakeWordTools(options.threads ?? availableParallelism());

  const made = await staged(stage, `training ${words.join(', ')}`, epochs * WAKE_WORD_WINDOWS, (onProgress) =>
    makeFromRecordings(words, sounds, origin, {
      ...tools,
      ...{ trunk, seed, epochs, onProgress },
      // lets signals be handled
      betweenSteps: () => setImmediate(),
    }),
  );
  const name = wakeWordName(words);
  const checkpoint = join(out, `${name}.safetensors`);
  writeCheckpoint(checkpoint, made.checkpoint);
  const { model, module } = writeModel(made.network, out, name);
  const voices = (heldOut: boolean): Voices =>
    voicesOf(recordings.own.filter((one) => one.heldOut === heldOut).map(({ recording }) => recording));
  const result: WakeWordResult = {
    ...{ words, model, module, checkpoint },
    trained: voices(false),
    heldOut: voices(true),
    others: recordings.others.length + mistakes.falseAccepts.length,
    mistakes: { words: mistakes.words.length, falseAccepts: mistakes.falseAccepts.length },
    rate: WAKE_WORD_RATE,
    outcome: made.outcome,
    seconds: (performance.now() - began) / 1000,
  };
  const { point: _, ...outcome } = made.outcome;
  const file = { words, data: abbreviateHome(data), dataset: origin.digest, seed, epochs, ...outcome };
  writeFileAtomically(join(out, 'wake-word.json'), `${JSON.stringify(file, null, 2)}\n`);
  return result;
}

/** Returns the reviewed sounds of folders, as examples: those of the words, and all others. */
function reviewedOf(folders: readonly string[], words: readonly string[]): Record<'words' | 'falseAccepts', Example[]> {
  const task = resolveTask(`live:${words.join()}`);
  const all = folders.map((folder) => openMistakes(expandHome(folder), task));
  const examples = (kind: 'words' | 'falseAccepts'): Example[] =>
    all.flatMap(({ folder, [kind]: sounds }) =>
      sounds.map(({ file, word, label }) => {
        return { label, name: `${word}/${file}`, clip: null, noise: null, kept: join(folder, file) };
      }),
    );
  return { words: examples('words'), falseAccepts: examples('falseAccepts') };
}

/** Reads lists of recordings: int16, a second each. */
async function samplesOf(
  dataset: Dataset,
  lists: readonly (readonly (ClipFile | Example)[])[],
  { resample, stage }: Pick<WakeWordTraining, 'resample' | 'stage'>,
): Promise<Int16Array[][]> {
  const examples = lists
    .flat()
    .map((one): Example => ('clip' in one ? one : { label: 0, name: one.path, clip: one, noise: null }));
  const pack = await staged(stage, 'reading recordings', examples.length, (onProgress) =>
    packSamples(dataset, examples, { resample, onProgress }),
  );
  try {
    let next = 0;
    return lists.map((list) =>
      list.map(() => {
        const samples = new Int16Array(CLIP_SAMPLES);
        pack.read(next++, samples);
        return samples;
      }),
    );
  } finally {
    pack.close();
  }
}
