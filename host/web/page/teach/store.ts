import { DATABASE } from './kept.js';

/** Says why the browser keeps nothing, and what to do. */
export class StorageError extends Error {}

/** A recording as it is kept. */
export interface StoredRecording {
  readonly id: number;
  /** The word, or the folder of what is not one. */
  readonly folder: string;
  /** Its number in the folder, which is part of its file's name. */
  readonly number: number;
  /** int16 at 16 kHz; a second, but for the sound of a room. */
  readonly samples: Int16Array;
  /** What the model got wrong, for a second that was marked. */
  readonly marked?: Marked;
}

export interface Marked {
  readonly word: string;
  readonly kind: 'false-accept' | 'miss';
}

/** Everything that is kept besides recordings. */
export interface StoredSettings {
  /** Words in their order, also those without recordings. */
  words?: readonly string[];
  /** Part of the names of files. */
  speaker?: string;
  /** Counts the changes of recordings, so that a model knows whether it is still theirs. */
  revision?: number;
  model?: StoredModel;
}

/** The model that was taught, and what is known of it. */
export interface StoredModel {
  readonly words: readonly string[];
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly facts: TaughtFacts;
  /** The revision of the recordings that it was trained on. */
  readonly revision: number;
  /** The command that makes the same bytes. */
  readonly command: string;
}

/** What a training found out. */
export interface TaughtFacts {
  /** SHA-256 of the model file, hexadecimal. */
  readonly sha256: string;
  readonly seconds: number;
  readonly threads: number;
  readonly epochs: number;
  /** Recordings that were trained on, and those that were held out. */
  readonly trained: number;
  readonly heldOut: number;
  /** As in `WakeWordOutcome`. */
  readonly missRate: number | null;
  readonly otherWords: number;
  readonly ambientHours: number;
  readonly falseAccepts: { readonly words: number; readonly ambient: number };
  readonly proof: Proof;
}

/** The recordings in two builds of the kernel, and the work that they take. */
export interface Proof {
  readonly recordings: number;
  /** Spikes, or their absence, and scores that were compared. */
  readonly compared: number;
  readonly different: number;
  readonly recognised: number;
  /** Of a window: additions for spikes, and the multiplications of the ordinary network of the same shape. */
  readonly operations: number;
  readonly ordinary: number;
}

const RECORDINGS = 'recordings';
const SETTINGS = 'settings';

const BLOCKED =
  'This browser keeps nothing for this page (a private window, or storage that is blocked for this site): what you record and teach is lost when the page closes. Download it before.';
const FULL =
  'The browser has no room left for recordings: the last change is lost when the page closes. Download the recordings, then delete some, or free space on this machine.';

/** Turns what IndexedDB throws into what to do. */
function storageError(cause: unknown): StorageError {
  const { name, message } = (cause ?? {}) as DOMException;
  if (name === 'QuotaExceededError') return new StorageError(FULL, { cause });
  return new StorageError(`${BLOCKED} (${message || name || 'no reason was given'})`, { cause });
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** The browser's store of recordings and of the model. Every change is kept as a whole or not at all. */
export class Store {
  private constructor(private readonly database: IDBDatabase) {}

  /** Opens the store. Throws `StorageError` if the browser refuses it. */
  static async open(): Promise<Store> {
    try {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(RECORDINGS, { keyPath: 'id' });
        request.result.createObjectStore(SETTINGS);
      };
      return new Store(await answerOf(request));
    } catch (cause) {
      throw storageError(cause);
    }
  }

  /** Reads everything. Throws `StorageError`. */
  async read(): Promise<{ recordings: StoredRecording[]; settings: StoredSettings }> {
    try {
      const transaction = this.database.transaction([RECORDINGS, SETTINGS]);
      const settings = transaction.objectStore(SETTINGS);
      const [recordings, names, values] = await Promise.all([
        answerOf<StoredRecording[]>(transaction.objectStore(RECORDINGS).getAll()),
        answerOf(settings.getAllKeys()),
        answerOf<unknown[]>(settings.getAll()),
      ]);
      return { recordings, settings: Object.fromEntries(names.map((name, k) => [String(name), values[k]])) };
    } catch (cause) {
      throw storageError(cause);
    }
  }

  /** Keeps recordings and settings, and deletes the recordings with these ids. Throws `StorageError`. */
  async change(change: {
    readonly put?: readonly StoredRecording[];
    readonly remove?: readonly number[];
    readonly settings?: StoredSettings;
  }): Promise<void> {
    await this.write((recordings, settings) => {
      for (const recording of change.put ?? []) recordings.put(recording);
      for (const id of change.remove ?? []) recordings.delete(id);
      for (const [name, value] of Object.entries(change.settings ?? {})) {
        if (value === undefined) settings.delete(name);
        else settings.put(value, name);
      }
    });
  }

  /** Deletes everything. Throws `StorageError`. */
  async clear(): Promise<void> {
    await this.write((recordings, settings) => {
      recordings.clear();
      settings.clear();
    });
  }

  private async write(work: (recordings: IDBObjectStore, settings: IDBObjectStore) => void): Promise<void> {
    try {
      const transaction = this.database.transaction([RECORDINGS, SETTINGS], 'readwrite');
      const done = new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
      });
      try {
        work(transaction.objectStore(RECORDINGS), transaction.objectStore(SETTINGS));
      } catch (cause) {
        done.catch(() => {});
        transaction.abort();
        throw cause;
      }
      await done;
    } catch (cause) {
      throw storageError(cause);
    }
  }
}
