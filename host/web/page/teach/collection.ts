import { splitOfDigest, wordFault } from '../../../core/dataset/index.js';
import type { Mistake } from '../mistakes.js';
import {
  type Marked,
  StorageError,
  Store,
  type StoredModel,
  type StoredRecording,
  type StoredSettings,
} from './store.js';

/** The folder of seconds that were marked as wrong. A dataset ignores it. */
export const MISTAKES = '_mistakes_';
export const MOST_WORDS = 4;

/** What the user has recorded and taught. It is kept in the browser, if that allows it. */
export class Collection {
  /** Called after every change. */
  onChange: () => void = () => {};
  /** Called with what keeps the browser from keeping things; null once it does again. */
  onFault: (fault: StorageError | null) => void = () => {};
  words: readonly string[] = [''];
  model: StoredModel | null = null;
  speaker = '';
  revision = 0;
  private recordings: readonly StoredRecording[] = [];
  private store: Store | null = null;
  private nextId = 1;
  /** The changes are kept one after the other. */
  private keeping: Promise<unknown> = Promise.resolve();
  private readonly marks = new Map<Mistake, number>();

  /** Reads what is kept. */
  async begin(): Promise<void> {
    let settings: StoredSettings = {};
    try {
      this.store = await Store.open();
      const kept = await this.store.read();
      this.recordings = kept.recordings.sort((a, b) => a.id - b.id);
      ({ settings } = kept);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      this.store = null;
      this.onFault(error);
    }
    this.words = settings.words ?? [''];
    this.model = settings.model ?? null;
    this.speaker = settings.speaker ?? (await newSpeaker());
    this.revision = settings.revision ?? 0;
    this.nextId = 1 + this.recordings.reduce((most, { id }) => Math.max(most, id), 0);
    this.onChange();
  }

  /** The recordings of a word or a folder, in the order in which they were made. */
  of(folder: string): readonly StoredRecording[] {
    return folder === '' ? [] : this.recordings.filter((one) => one.folder === folder);
  }

  get all(): readonly StoredRecording[] {
    return this.recordings;
  }

  /** The words that have recordings. */
  get recorded(): readonly string[] {
    return this.words.filter((word) => this.of(word).length > 0);
  }

  /** Adds recordings to a word or folder. */
  add(folder: string, samples: readonly Int16Array[], marked?: Marked): readonly StoredRecording[] {
    const first = this.nextNumber(folder);
    const added = samples.map(
      (one, k): StoredRecording => ({
        ...{ id: this.nextId++, folder, number: first + k, samples: one },
        ...(marked === undefined ? {} : { marked }),
      }),
    );
    if (added.length > 0) this.change([...this.recordings, ...added], { put: added });
    return added;
  }

  remove(ids: readonly number[]): void {
    this.change(
      this.recordings.filter(({ id }) => !ids.includes(id)),
      { remove: ids },
    );
  }

  /** Moves a recording to another word or folder. */
  move(id: number, folder: string): void {
    const one = this.recordings.find((recording) => recording.id === id);
    if (one === undefined || one.folder === folder) return;
    const moved = { ...one, folder, number: this.nextNumber(folder) };
    this.change([...this.recordings.filter((other) => other !== one), moved], { put: [moved] });
  }

  addWord(): void {
    this.setWords([...this.words, '']);
  }

  removeWord(index: number): void {
    const remove = this.of(this.words[index]).map(({ id }) => id);
    const words = this.words.filter((_, k) => k !== index);
    this.words = words.length === 0 ? [''] : words;
    this.change(
      this.recordings.filter(({ id }) => !remove.includes(id)),
      { remove, settings: { words: this.words } },
    );
  }

  /** Renames a word, and returns what is wrong with the new name, or null. */
  rename(index: number, name: string): string | null {
    const fault = this.nameFault(index, name);
    if (fault !== null || name === this.words[index]) return fault;
    const put = this.of(this.words[index]).map((one) => ({ ...one, folder: name }));
    const renamed = new Map(put.map((one) => [one.id, one]));
    this.words = this.words.map((word, k) => (k === index ? name : word));
    this.change(
      this.recordings.map((one) => renamed.get(one.id) ?? one),
      { put, settings: { words: this.words } },
    );
    return null;
  }

  /** Keeps the marked seconds that are new, and forgets those that are no longer marked. */
  mark(all: readonly Mistake[]): void {
    const gone = [...this.marks].filter(([mistake]) => !all.includes(mistake));
    for (const [mistake] of gone) this.marks.delete(mistake);
    if (gone.length > 0) this.remove(gone.map(([, id]) => id));
    for (const mistake of all) {
      if (this.marks.has(mistake)) continue;
      const [{ id }] = this.add(MISTAKES, [mistake.second], { word: mistake.label, kind: mistake.kind });
      this.marks.set(mistake, id);
    }
  }

  /** Keeps a model that was taught on the recordings as they were at a revision. */
  keepModel(model: StoredModel): void {
    this.model = model;
    this.keep({ settings: { model } });
    this.onChange();
  }

  /** Forgets everything, here and in the browser. */
  async forget(): Promise<void> {
    this.recordings = [];
    this.words = [''];
    this.model = null;
    this.marks.clear();
    this.revision = 0;
    this.speaker = await newSpeaker();
    this.keep('everything');
    await this.keeping;
    this.onChange();
  }

  private nameFault(index: number, name: string): string | null {
    if (name === '') return this.of(this.words[index]).length === 0 ? null : 'The word needs a name.';
    if (wordFault(name) !== null) {
      return 'A word is letters and digits, without commas and slashes: its name is that of a folder.';
    }
    // on some systems the folders of lamp and Lamp are one
    const same = this.words.some((word, k) => k !== index && word.toLowerCase() === name.toLowerCase());
    return same ? `${name} is there already.` : null;
  }

  private nextNumber(folder: string): number {
    return 1 + this.of(folder).reduce((most, { number }) => Math.max(most, number), -1);
  }

  private setWords(words: readonly string[]): void {
    this.words = words;
    this.keep({ settings: { words } });
    this.onChange();
  }

  private change(recordings: readonly StoredRecording[], changes: Parameters<Store['change']>[0]): void {
    this.recordings = recordings;
    this.revision++;
    const { words, speaker, revision } = this;
    this.keep({ ...changes, settings: { words, speaker, revision, ...changes.settings } });
    this.onChange();
  }

  private keep(changes: Parameters<Store['change']>[0] | 'everything'): void {
    const { store } = this;
    if (store === null) return;
    this.keeping = this.keeping
      .then(() => (changes === 'everything' ? store.clear() : store.change(changes)))
      .then(
        () => this.onFault(null),
        (error) => this.onFault(error as StorageError),
      );
  }
}

/**
 * Returns a new id of a speaker: no name, and one that the rule of datasets puts into training, so that the command
 * line trains on these recordings.
 */
async function newSpeaker(): Promise<string> {
  for (;;) {
    const id = Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) => byte.toString(16).padStart(2, '0')).join(
      '',
    );
    const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(id));
    if (splitOfDigest(new Uint8Array(digest)) === 'training') return id;
  }
}
