import { BACKGROUND_NOISE, UNKNOWN } from '../../../core/dataset/index.js';
import { wakeWordName } from '../../../core/wakeword/index.js';
import { onThemeChange } from '../drawing/theme.js';
import { byId, sayFault } from '../element.js';
import { mistakes } from '../mistakes.js';
import type { Page } from '../page.js';
import { Collection, MISTAKES, MOST_WORDS } from './collection.js';
import { Recorder } from './recorder.js';
import { MistakesRow, OtherRow, type Row, WordRow } from './row.js';
import { TrainPanel } from './train-panel.js';

/** Begins the stage: shows what is kept, and what can be recorded and taught. */
export function beginTeach(page: Page): void {
  const collection = new Collection();
  const recorder = new Recorder(() => document.querySelector<HTMLSelectElement>('#microphone')?.value ?? '');
  const panel = new TrainPanel(collection, page);
  const list = byId('teach-rows', 'ol');
  const add = byId('teach-add-word', 'button');
  const storage = byId('teach-storage', 'p');
  let words: WordRow[] = [];

  recorder.onTrouble = (trouble) => sayFault(byId('teach-fault', 'p'), trouble);
  collection.onFault = (fault) => sayFault(storage, fault);

  /** Moves a recording to the word or folder after or before its own, and the focus with it. */
  const move = (id: number, by: 1 | -1): void => {
    const folders = [...collection.words.filter((word) => word !== ''), UNKNOWN];
    const from = folders.indexOf(collection.all.find((one) => one.id === id)?.folder ?? '');
    const to = folders[from + by];
    if (from < 0 || to === undefined) return;
    collection.move(id, to);
    for (const row of [...words, ...others]) if (row.folder === to) row.focusTile(id);
  };
  const others = [
    new OtherRow(collection, recorder, UNKNOWN, move),
    new OtherRow(collection, recorder, BACKGROUND_NOISE, () => {}),
    new MistakesRow(collection),
  ];
  byId('teach-others', 'ol').append(...others.map(({ item }) => item));
  const rows = (): readonly Row[] => [...words, ...others];

  let shown = 0;
  const show = (): void => {
    if (words.length !== collection.words.length) {
      words = collection.words.map((_, index) => new WordRow(collection, recorder, index, move));
      list.replaceChildren(...words.map(({ item }) => item));
      const added = collection.words.length > shown && shown > 0;
      shown = collection.words.length;
      if (added) words[words.length - 1].focusName();
    }
    for (const row of rows()) row.show();
    add.disabled = collection.words.length >= MOST_WORDS;
    panel.show();
  };
  collection.onChange = show;
  add.addEventListener('click', () => collection.addWord());
  onThemeChange(() => {
    for (const row of rows()) row.repaint();
  });
  const mark = (): void => {
    collection.mark(mistakes.all);
    if (collection.of(MISTAKES).length > 0) byId('teach-more', 'details').open = true;
  };
  mistakes.onChange(mark);

  void collection.begin().then(() => {
    mark();
    const { model } = collection;
    if (model === null) return;
    let isUsed = false;
    // after the models of the page, of which the first is chosen
    page.onModel(() => {
      if (isUsed) return;
      isUsed = true;
      void page.useModel(model.bytes, `${wakeWordName(model.words)}.spkw`);
    });
  });
}
