import {
  BACKGROUND_NOISE,
  byPath,
  clipPath,
  datasetText,
  type KeptSound,
  UNKNOWN,
} from '../../../core/dataset/index.js';
import { shellQuoted } from '../../../core/text/index.js';
import { WAKE_WORD_EPOCHS } from '../../../core/wakeword/index.js';
import { encodeWav } from '../../../core/wav/index.js';
import { type Collection, MISTAKES } from './collection.js';
import type { StoredRecording } from './store.js';

/** The folder in the archive. */
const ROOT = 'recordings';
/** Who speaks in marked seconds of words that are not taught. The rule of datasets puts this id into training. */
const MARKED = 'marked';
/** The bytes of a WAV file besides its samples, as `encodeWav` writes it. */
const WAV_HEADER_BYTES = 44;

/** A recording with its place in the folder of the dataset. */
export interface PlacedRecording {
  readonly path: string;
  /** The folder of a clip: a word or `_unknown_`. */
  readonly word: string;
  readonly speaker: string;
  readonly samples: Int16Array;
}

/** The recordings as the folder of a dataset, as `spikeword train` reads it. */
export interface PageDataset {
  /** In the order of their paths. */
  readonly clips: readonly PlacedRecording[];
  readonly background: readonly PlacedRecording[];
  /** Marked seconds of the words that are taught, in the order of their numbers. */
  readonly mistakes: readonly (StoredRecording & { readonly path: string })[];
}

/** Lays out a collection as the folder of a dataset. */
export function datasetOf(collection: Collection): PageDataset {
  const { speaker, recorded } = collection;
  const clips: PlacedRecording[] = [];
  const background: PlacedRecording[] = [];
  const mistakes: (StoredRecording & { path: string })[] = [];
  for (const one of collection.all) {
    const { folder, number, samples, marked } = one;
    const clip = (word: string, who: string): void => {
      clips.push({ path: clipPath(word, who, number), word, speaker: who, samples });
    };
    if (folder === BACKGROUND_NOISE) {
      background.push({ path: `${folder}/room_${number}.wav`, word: folder, speaker, samples });
    } else if (folder !== MISTAKES) clip(folder, speaker);
    else if (marked !== undefined && recorded.includes(marked.word)) {
      mistakes.push({ ...one, path: `${MISTAKES}/${String(number + 1).padStart(4, '0')}-${marked.word}.wav` });
    } else clip(UNKNOWN, MARKED);
  }
  mistakes.sort((a, b) => a.number - b.number);
  return { clips: clips.sort(byPath), background: background.sort(byPath), mistakes };
}

/** Returns the digest of a dataset, as `spikeword train` computes it of the folder. */
export async function digestOf({ clips, background }: PageDataset): Promise<string> {
  const bytes = ({ samples }: PlacedRecording): number => WAV_HEADER_BYTES + 2 * samples.length;
  return sha256(
    new TextEncoder().encode(
      datasetText([
        ...clips.map((one) => ({ path: one.path, bytes: bytes(one), split: 'training' as const })),
        ...background.map((one) => ({ path: one.path, bytes: bytes(one) })),
      ]),
    ),
  );
}

/** Returns a SHA-256, hexadecimal. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Returns the command that makes the same model from the archive. */
export function commandOf(words: readonly string[], { mistakes }: PageDataset, epochs: number): string {
  return [
    ...['npx', 'spikeword', 'train', '--wake-word', shellQuoted(words.join()), '--data', ROOT],
    ...(mistakes.length > 0 ? ['--mistakes', `${ROOT}/${MISTAKES}`] : []),
    ...(epochs === WAKE_WORD_EPOCHS ? [] : ['--epochs', String(epochs)]),
  ].join(' ');
}

/** Returns the dataset as a ZIP archive with one folder. */
export async function archiveOf(
  dataset: PageDataset,
  words: readonly string[],
  modelDigest: string | null,
): Promise<Uint8Array<ArrayBuffer>> {
  const { zipSync } = await import('fflate');
  const files: Record<string, Uint8Array> = {};
  for (const { path, samples } of [...dataset.clips, ...dataset.background, ...dataset.mistakes]) {
    files[`${ROOT}/${path}`] = encodeWav(samples);
  }
  if (dataset.mistakes.length > 0) {
    const lines = dataset.mistakes.map((one) => `${JSON.stringify(keptSound(one, words, modelDigest))}\n`);
    files[`${ROOT}/${MISTAKES}/kept.jsonl`] = new TextEncoder().encode(lines.join(''));
  }
  // sound does not get smaller
  return zipSync(files, { level: 0 }) as Uint8Array<ArrayBuffer>;
}

/** Returns a marked second as a line of the journal that `spikeword listen --keep` writes. */
function keptSound(
  { path, marked, number }: PageDataset['mistakes'][number],
  words: readonly string[],
  modelDigest: string | null,
): KeptSound {
  const { word, kind } = marked!;
  const isMiss = kind === 'miss';
  return {
    file: path.slice(MISTAKES.length + 1),
    kind: isMiss ? 'near-miss' : 'detection',
    word,
    // the page does not keep them, and a training does not read them
    score: isMiss ? 0 : 1,
    threshold: 0.5,
    timeMs: 1000 * (number + 1),
    source: 'the page',
    model: { name: `${words.join('-')}.spkw`, sha256: modelDigest ?? '0'.repeat(64), words },
    review: isMiss ? { verdict: 'right', said: word } : { verdict: 'not a word', said: null },
  };
}
