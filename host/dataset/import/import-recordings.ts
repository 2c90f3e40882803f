import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readRecording } from '../../audio/index.js';
import type { Cut } from '../../core/audio/index.js';
import { RecordingError, UsageError } from '../../core/error.js';
import { recordingsIn } from '../dataset.js';
import { checkSpeaker, checkWord, saveClip } from '../record/clip-file.js';
import { ownSpeakerId } from '../record/session.js';
import { soundDigest } from '../sound-digest.js';
import { speakerOf } from '../speaker.js';
import { cutRecording } from './cut-recording.js';

export interface ImportOptions {
  /** Recordings of the word, said once or more, of any length and sample rate. */
  readonly files: readonly string[];
  readonly word: string;
  /** The folder of the dataset; created if it does not exist. */
  readonly to: string;
  /** Who speaks in all files; without it and without `speakerPattern` it is the user. */
  readonly speaker?: string;
  /** Finds the speaker in the name of a file. */
  readonly speakerPattern?: RegExp;
  /** Whether nothing is written. */
  readonly preview: boolean;
  /** Hears how many files are done, in hundredths of a file. */
  readonly onProgress?: (done: number) => void;
}

/** A word that was found, and where its clip is. The clip itself is kept only in a preview. */
export interface ImportedCut extends Cut {
  /** The path of its clip; null if it is left out, and in a preview. */
  readonly path: string | null;
}

/** What was found in one file. */
export interface ImportedFile {
  readonly file: string;
  readonly speaker: string;
  readonly cuts: readonly ImportedCut[];
  /** Why nothing was found; null if something was. */
  readonly fault: string | null;
}

const THERE = 'is there already:';

/**
 * Finds the words in recordings and writes a clip of a second around each into the folder of a dataset, as
 * WORD/SPEAKER_nohash_N.wav at 16 kHz. What is there already, as a clip of the word with the same sound, is left out.
 *
 * @throws UsageError for a word or a speaker that cannot be a name; WriteError if a clip cannot be written
 */
export async function importRecordings(options: ImportOptions): Promise<ImportedFile[]> {
  const { files, word, to, preview, onProgress } = options;
  checkWord(word);
  const speakers = files.map((file) => importedSpeaker(file, options));
  for (const who of speakers) checkSpeaker(who);
  const known = await soundsIn(to, word);
  const imported: ImportedFile[] = [];
  for (const [k, file] of files.entries()) {
    const who = speakers[k];
    const keep = (cut: Cut): ImportedCut => {
      if (cut.clip === null) return { ...cut, path: null };
      const sound = soundDigest(cut.clip);
      const before = known.get(sound);
      if (before !== undefined) return { ...cut, clip: null, path: null, reason: `${THERE} ${before}` };
      const path = preview ? null : saveClip(to, word, who, cut.clip);
      known.set(sound, path ?? `the same word in ${basename(file)}`);
      return { ...cut, clip: preview ? cut.clip : null, path };
    };
    const onRead = (share: number): void => onProgress?.(Math.round(100 * (k + share)) / 100);
    imported.push({ file, speaker: who, ...(await cutsOf(file, keep, onRead)) });
    onRead(1);
  }
  return imported;
}

/** Returns who speaks in a file. Throws `UsageError` if a pattern is given that does not say it. */
function importedSpeaker(file: string, { speaker, speakerPattern }: ImportOptions): string {
  if (speaker !== undefined) return speaker;
  if (speakerPattern === undefined) return ownSpeakerId();
  const found = speakerOf(file, null, speakerPattern);
  if (found.known) return found.speaker;
  throw new UsageError(`${file}: --speaker-pattern finds no speaker in its name; import it on its own, with --speaker`);
}

async function cutsOf(
  file: string,
  keep: (cut: Cut) => ImportedCut,
  onRead: (share: number) => void,
): Promise<Pick<ImportedFile, 'cuts' | 'fault'>> {
  const cuts: ImportedCut[] = [];
  try {
    for await (const cut of cutRecording(file, onRead)) cuts.push(keep(cut));
    const kept = cuts.some(({ reason }) => reason === null);
    const there = cuts.some(({ reason }) => reason?.startsWith(THERE));
    if (kept || there) return { cuts, fault: null };
    return { cuts, fault: cuts.length === 0 ? 'nothing stands out from the noise' : 'no word was found' };
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    return { cuts, fault: error.fault };
  }
}

/** Returns the paths of a word's clips by their sounds. Clips that cannot be read are for `dataset info` to name. */
async function soundsIn(root: string, word: string): Promise<Map<string, string>> {
  const sounds = new Map<string, string>();
  if (!existsSync(join(root, word))) return sounds;
  for (const file of recordingsIn(root, word)) {
    const path = join(root, word, file);
    const samples = await readRecording(path, { resample: true }).catch(() => null);
    if (samples !== null) sounds.set(soundDigest(samples), path);
  }
  return sounds;
}
