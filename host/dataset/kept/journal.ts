import { existsSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { type KeptSound, parseKeptSound, type Review } from '../../core/dataset/index.js';
import { encodeWav } from '../../core/wav/index.js';
import { DatasetError, lockForProcess, makeFolder, WriteError, writeFileAtomically } from '../../system/index.js';

/** One JSON object a line. */
const JOURNAL = 'kept.jsonl';
/** Exists while a process keeps sounds in a folder or reviews them. */
const LOCK = 'kept.pid';
/** A second of sound takes 32 kB. */
const LEAST_FREE_BYTES = 32 * 2 ** 20;

/** A line of a journal. One that is damaged stays as it is. */
interface Line {
  readonly text: string;
  readonly sound: KeptSound | null;
}

/** A line that says nothing, from 1, and why. */
export interface DamagedLine {
  readonly line: number;
  readonly fault: string;
}

/** What is wrong with the free space of a folder, or null. */
export function spaceFault(freeBytes: number): string | null {
  if (freeBytes >= LEAST_FREE_BYTES) return null;
  const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  return `only ${mebibytes(freeBytes)} are free, expected at least ${mebibytes(LEAST_FREE_BYTES)}; delete what you do not need, or choose another folder`;
}

/** The sounds in a folder: recordings, and a journal with a line for each, written whole after every change. */
export class SoundJournal {
  private constructor(
    readonly folder: string,
    private lines: readonly Line[],
    private readonly release: () => void,
  ) {}

  /**
   * Takes a folder to keep sounds in, and creates it if need be. Throws `WriteError` if nothing can be written
   * there, and `DatasetError` while another process uses the folder or if it has a journal that cannot be read.
   */
  static async create(folder: string): Promise<SoundJournal> {
    try {
      makeFolder(folder);
      const { bavail, bsize } = statfsSync(folder);
      const fault = spaceFault(bavail * bsize);
      if (fault !== null) throw new Error(fault);
    } catch (cause) {
      throw new WriteError(`${folder}: no sounds can be kept there: ${(cause as Error).message}`, { cause });
    }
    return SoundJournal.take(folder);
  }

  /**
   * Takes a folder that has a journal. Throws `DatasetError` if it has none or while another process uses the folder,
   * and `WriteError` if nothing can be written there.
   */
  static async open(folder: string): Promise<SoundJournal> {
    refuseWithoutJournal(folder);
    return SoundJournal.take(folder);
  }

  private static async take(folder: string): Promise<SoundJournal> {
    const release = await lockForProcess(join(folder, LOCK), {
      taken: (owner) =>
        new DatasetError(
          `${folder}: process ${owner} keeps sounds in it or reviews them; end it first, or use another folder`,
        ),
    });
    try {
      return new SoundJournal(folder, readLines(folder), release);
    } catch (error) {
      release();
      throw error;
    }
  }

  get sounds(): readonly KeptSound[] {
    return soundsIn(this.lines);
  }

  get damaged(): readonly DamagedLine[] {
    return damagedIn(this.lines);
  }

  /** Whether the recording of a sound is there. */
  has({ file }: KeptSound): boolean {
    return existsSync(join(this.folder, file));
  }

  /** Writes a recording, int16 at 16 kHz, and its line. Throws `WriteError`. */
  add(sound: Omit<KeptSound, 'file' | 'review'>, samples: Int16Array): void {
    const file = `${String(this.nextNumber()).padStart(4, '0')}-${fileName(sound.word)}.wav`;
    // the recording first: a line without one would say nothing
    writeFileAtomically(join(this.folder, file), encodeWav(samples));
    this.write([...this.lines, lineOf({ file, ...sound })]);
  }

  /** Writes what a listener says about a sound. Throws `WriteError`. */
  review(file: string, review: Review): void {
    this.write(this.lines.map((line) => (line.sound?.file === file ? lineOf({ ...line.sound, review }) : line)));
  }

  /** Deletes a recording and its line. Throws `WriteError`. */
  delete(file: string): void {
    const path = join(this.folder, file);
    try {
      rmSync(path, { force: true });
    } catch (cause) {
      throw new WriteError(`${path}: cannot be deleted: ${(cause as Error).message}`, { cause });
    }
    this.write(this.lines.filter(({ sound }) => sound?.file !== file));
  }

  /** Lets other processes use the folder. */
  close(): void {
    this.release();
  }

  /** One more than the highest number of a recording, also of one that has no line. */
  private nextNumber(): number {
    const files = [...readdirSync(this.folder), ...this.sounds.map(({ file }) => file)];
    return 1 + Math.max(0, ...files.map((file) => Number(/^(\d+)-.*\.wav$/i.exec(file)?.[1] ?? 0)));
  }

  private write(lines: readonly Line[]): void {
    writeFileAtomically(join(this.folder, JOURNAL), lines.map(({ text }) => `${text}\n`).join(''));
    this.lines = lines;
  }
}

/** The sounds and damaged lines of a journal, read without taking the folder. Throws `DatasetError`. */
export function readJournal(folder: string): {
  readonly sounds: readonly KeptSound[];
  readonly damaged: readonly DamagedLine[];
} {
  refuseWithoutJournal(folder);
  const lines = readLines(folder);
  return { sounds: soundsIn(lines), damaged: damagedIn(lines) };
}

function refuseWithoutJournal(folder: string): void {
  if (existsSync(join(folder, JOURNAL))) return;
  throw new DatasetError(`${folder}: has no ${JOURNAL}; \`spikeword listen --keep ${folder}\` keeps sounds there`);
}

function readLines(folder: string): Line[] {
  const path = join(folder, JOURNAL);
  if (!existsSync(path)) return [];
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new DatasetError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
  const seen = new Set<string>();
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => {
    const parsed = parseKeptSound(line);
    if ('fault' in parsed || seen.has(parsed.file)) return { text: line, sound: null };
    seen.add(parsed.file);
    return { text: line, sound: parsed };
  });
}

const lineOf = (sound: KeptSound): Line => ({ text: JSON.stringify(sound), sound });

function soundsIn(lines: readonly Line[]): KeptSound[] {
  return lines.flatMap(({ sound }) => (sound === null ? [] : [sound]));
}

function damagedIn(lines: readonly Line[]): DamagedLine[] {
  return lines.flatMap(({ text, sound }, index) => {
    if (sound !== null) return [];
    const parsed = parseKeptSound(text);
    const fault = 'fault' in parsed ? parsed.fault : `names ${parsed.file}, as a line before it does`;
    return [{ line: index + 1, fault }];
  });
}

/** Returns a word as it can stand in the name of a file. */
function fileName(word: string): string {
  return word.replace(/[^\p{L}\p{N}-]+/gu, '_');
}

/** Returns the lines that were left out, as sentences. */
export function damagedText(folder: string, damaged: readonly DamagedLine[]): string[] {
  return damaged.map(({ line, fault }) => `${join(folder, JOURNAL)}: line ${line} ${fault}; it is left out`);
}
