import { cutTalk, cutWords, SAMPLE_RATE_HZ } from '../../../core/audio/index.js';
import { type BACKGROUND_NOISE, UNKNOWN } from '../../../core/dataset/index.js';
import { RecordingError } from '../../../core/error.js';
import { byId, make, sayFault } from '../element.js';
import { type Collection, MISTAKES } from './collection.js';
import { HoldButton } from './hold-button.js';
import { readFile } from './read-file.js';
import type { Recorder } from './recorder.js';
import { TILE_TYPE, Tile } from './tile.js';

/** Recordings of a word that a training needs at least, and so many are good. */
export const LEAST = 5;
const GOOD = 20;
/** After a countdown, a word is recorded for so long. */
const TAKE_MS = 2000;
/** Shorter sound of a room says little about it. */
const LEAST_ROOM_SECONDS = 1;
const QUIET = 'Nothing stands out from the noise. Speak louder, or closer to the microphone.';

/** A row: recordings of a word, of the room, of other talk, or marked seconds. */
export abstract class Row {
  readonly item: HTMLLIElement;
  protected readonly head = make('div', { className: 'word-head' });
  protected readonly count = make('span', { className: 'word-count note' });
  private readonly note = make('p', { className: 'note' });
  private readonly fault = make('p', { className: 'fault', hidden: true });
  private readonly list = make('ol', { className: 'tiles' });
  private readonly tiles = new Map<number, Tile>();

  constructor(
    protected readonly collection: Collection,
    private readonly onMove: (id: number, by: 1 | -1) => void,
  ) {
    this.note.setAttribute('role', 'status');
    this.fault.setAttribute('role', 'alert');
    this.item = make('li', { className: 'word-row' }, this.head, this.note, this.fault, this.list);
  }

  /** The folder of the row's recordings; empty for a word without a name. */
  abstract get folder(): string;

  /** What the row's recordings are called. */
  abstract get title(): string;

  /** Cuts a recording and adds what is in it; returns what to tell. Throws `RecordingError`. */
  protected abstract take(samples: Int16Array): string;

  /** Adds the controls for recording and for files. */
  protected addControls(recorder: Recorder, text: string, takeMs: number | null): void {
    const hold = new HoldButton(recorder, {
      ...{ text, takeMs },
      refusal: () => this.refusal(),
      onTake: (samples) => this.say(() => this.take(samples)),
      onFault: (fault) => sayFault(this.fault, fault),
    });
    const input = make('input', { type: 'file', multiple: true, hidden: true, accept: FILES });
    input.ariaLabel = 'Recordings';
    const files = make('button', { type: 'button', className: 'quiet', textContent: 'Files…' });
    files.addEventListener('click', () => {
      const refusal = this.refusal();
      sayFault(this.fault, refusal);
      if (refusal === null) input.click();
    });
    input.addEventListener('change', () => {
      void this.takeFiles([...(input.files ?? [])]);
      input.value = '';
    });
    this.head.append(hold.button, hold.status, files, input);
    this.head.after(hold.display);
    this.acceptDrops();
  }

  /** Shows the recordings as they are now. */
  show(): void {
    const recordings = this.collection.of(this.folder);
    const ids = new Set(recordings.map(({ id }) => id));
    for (const [id, tile] of this.tiles) {
      if (ids.has(id)) continue;
      const hadFocus = tile.item.contains(document.activeElement);
      const next = (tile.item.nextElementSibling ?? tile.item.previousElementSibling) as HTMLElement | null;
      tile.item.remove();
      this.tiles.delete(id);
      if (hadFocus) (next?.querySelector('button') ?? this.head.querySelector('button'))?.focus();
    }
    for (const [k, recording] of recordings.entries()) {
      const { id } = recording;
      let tile = this.tiles.get(id);
      if (tile === undefined) {
        tile = new Tile(recording, {
          remove: () => this.collection.remove([id]),
          move: (by) => this.onMove(id, by),
        });
        this.tiles.set(id, tile);
        this.list.append(tile.item);
      }
      tile.name(`${this.title} ${k + 1}`);
    }
    this.list.hidden = recordings.length === 0;
    this.showCount(recordings.length);
  }

  focusTile(id: number): void {
    this.tiles.get(id)?.focus();
  }

  repaint(): void {
    for (const tile of this.tiles.values()) tile.paint();
  }

  protected abstract showCount(count: number): void;

  /** Returns why nothing can be added now, or null. */
  protected refusal(): string | null {
    return null;
  }

  private say(take: () => string): void {
    try {
      sayFault(this.fault, null);
      this.note.textContent = '';
      this.note.textContent = take();
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      sayFault(this.fault, error.fault);
    }
  }

  private async takeFiles(files: readonly File[]): Promise<void> {
    const refusal = this.refusal();
    if (refusal !== null) return sayFault(this.fault, refusal);
    const faults: string[] = [];
    const told: string[] = [];
    for (const file of files) {
      this.note.textContent = `Reading ${file.name}…`;
      try {
        told.push(this.take(await readFile(file)));
      } catch (error) {
        if (!(error instanceof RecordingError)) throw error;
        faults.push(`${file.name}: ${error.fault}`);
      }
    }
    this.note.textContent = files.length === 1 ? (told[0] ?? '') : `${told.length} of ${files.length} files read.`;
    sayFault(this.fault, faults.length === 0 ? null : faults.join(' · '));
  }

  /** Lets files and tiles be dropped on the row. */
  private acceptDrops(): void {
    const { item } = this;
    const over = (isOver: boolean): void => {
      item.classList.toggle('over', isOver);
    };
    item.addEventListener('dragover', (event) => {
      const types = event.dataTransfer?.types ?? [];
      if (!types.includes('Files') && !types.includes(TILE_TYPE)) return;
      event.preventDefault();
      event.stopPropagation();
      byId('drop', 'div').hidden = true;
      over(true);
    });
    item.addEventListener('dragleave', (event) => {
      if (!item.contains(event.relatedTarget as Node | null)) over(false);
    });
    item.addEventListener('drop', (event) => {
      over(false);
      const id = event.dataTransfer?.getData(TILE_TYPE) ?? '';
      const files = [...(event.dataTransfer?.files ?? [])];
      if (id === '' && files.length === 0) return;
      event.preventDefault();
      event.stopPropagation();
      byId('drop', 'div').hidden = true;
      if (files.length > 0) void this.takeFiles(files);
      else if (this.folder === '') sayFault(this.fault, UNNAMED);
      else this.collection.move(Number(id), this.folder);
    });
  }
}

const FILES = 'audio/*,.wav,.mp3,.flac,.ogg,.opus,.m4a,.webm';
const UNNAMED = 'Give the word its name first.';
const recordingsText = (count: number): string => `${count} recording${count === 1 ? '' : 's'}`;

/** The recordings of a word. */
export class WordRow extends Row {
  private readonly input = make('input', { type: 'text', className: 'word-name', autocomplete: 'off', maxLength: 40 });
  private readonly nameFault = make('p', { className: 'fault', hidden: true });
  private readonly removeButton = make('button', { type: 'button', className: 'quiet', textContent: 'Remove' });

  constructor(
    collection: Collection,
    recorder: Recorder,
    private readonly index: number,
    onMove: (id: number, by: 1 | -1) => void,
  ) {
    super(collection, onMove);
    this.input.placeholder = 'a word, such as lamp';
    this.input.ariaLabel = `Word ${index + 1}`;
    this.input.spellcheck = false;
    this.nameFault.setAttribute('role', 'alert');
    this.head.append(this.input, this.count);
    this.head.after(this.nameFault);
    this.addControls(recorder, 'Hold to record', TAKE_MS);
    this.head.append(this.removeButton);
    this.input.addEventListener('input', () => this.rename());
    // typing continues from what is there, and ends with what is allowed
    this.input.addEventListener('blur', () => {
      this.input.value = this.folder;
      sayFault(this.nameFault, null);
    });
    this.removeButton.addEventListener('click', () => {
      const { length } = collection.of(this.folder);
      if (length === 0 || window.confirm(`Delete ${this.folder} and its ${recordingsText(length)}?`)) {
        collection.removeWord(index);
      }
    });
  }

  get folder(): string {
    return this.collection.words[this.index] ?? '';
  }

  get title(): string {
    return this.folder;
  }

  override show(): void {
    super.show();
    if (document.activeElement !== this.input) this.input.value = this.folder;
    this.removeButton.ariaLabel = `Remove ${this.folder === '' ? `word ${this.index + 1}` : this.folder}`;
    this.removeButton.hidden = this.collection.words.length === 1 && this.folder === '';
  }

  focusName(): void {
    this.input.focus();
  }

  protected take(samples: Int16Array): string {
    const cuts = cutWords(samples);
    const clips = cuts.flatMap(({ clip }) => (clip === null ? [] : [clip]));
    this.collection.add(this.folder, clips);
    const reasons = cuts.flatMap(({ reason }) => (reason === null ? [] : [reason]));
    if (cuts.length === 0) throw new RecordingError('', QUIET);
    if (clips.length === 0) throw new RecordingError('', `No word was found: ${reasons.join('; ')}.`);
    const left = reasons.length === 0 ? '' : ` Left out: ${reasons.join('; ')}.`;
    return `${clips.length === 1 ? 'One word' : `${clips.length} words`} cut out.${left}`;
  }

  protected showCount(count: number): void {
    this.count.textContent = count >= GOOD ? recordingsText(count) : `${count} of ${GOOD}`;
    this.count.classList.toggle('enough', count >= GOOD);
  }

  protected override refusal(): string | null {
    if (this.folder !== '') return null;
    this.input.focus();
    return UNNAMED;
  }

  private rename(): void {
    const name = this.input.value.trim().normalize();
    sayFault(this.nameFault, this.collection.rename(this.index, name));
  }
}

/** What else is heard where the words are said: the room, and other talk. */
export class OtherRow extends Row {
  constructor(
    collection: Collection,
    recorder: Recorder,
    readonly folder: typeof UNKNOWN | typeof BACKGROUND_NOISE,
    onMove: (id: number, by: 1 | -1) => void,
  ) {
    super(collection, onMove);
    const [name, why] =
      folder === UNKNOWN
        ? ['Other talk', 'Whatever you say that is none of the words: the network learns to ignore it.']
        : ['The room', 'Ten seconds without talk: a fan, traffic, a keyboard.'];
    this.head.append(
      make('div', { className: 'other-name' }, make('h3', {}, name), make('p', { className: 'note' }, why)),
      this.count,
    );
    this.addControls(recorder, 'Hold to record', null);
  }

  get title(): string {
    return this.folder === UNKNOWN ? 'other talk' : 'room';
  }

  protected take(samples: Int16Array): string {
    if (this.folder === UNKNOWN) {
      const seconds = cutTalk(samples);
      if (seconds.length === 0) throw new RecordingError('', QUIET);
      this.collection.add(this.folder, seconds);
      return `${seconds.length} s of talk.`;
    }
    const seconds = samples.length / SAMPLE_RATE_HZ;
    if (seconds < LEAST_ROOM_SECONDS)
      throw new RecordingError('', 'That was less than a second. Hold the button longer.');
    this.collection.add(this.folder, [samples]);
    return `${seconds.toFixed(1)} s of the room.`;
  }

  protected showCount(count: number): void {
    const samples = this.collection.of(this.folder).reduce((sum, one) => sum + one.samples.length, 0);
    this.count.textContent = count === 0 ? 'optional' : `${(samples / SAMPLE_RATE_HZ).toFixed(0)} s`;
  }
}

/** The seconds that were marked as wrong where the page listens. */
export class MistakesRow extends Row {
  readonly folder = MISTAKES;
  readonly title = 'marked second';

  constructor(collection: Collection) {
    super(collection, () => {});
    this.head.append(
      make(
        'div',
        { className: 'other-name' },
        make('h3', {}, 'Marked as wrong'),
        make('p', { className: 'note' }, 'What you marked where the page listens: the next training learns from it.'),
      ),
      this.count,
    );
  }

  override show(): void {
    super.show();
    this.item.hidden = this.collection.of(this.folder).length === 0;
  }

  protected take(): string {
    return '';
  }

  protected showCount(count: number): void {
    this.count.textContent = recordingsText(count);
  }
}
