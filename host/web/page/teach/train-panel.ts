import { compactText, countText, kilobytesText, percentText } from '../../../core/text/index.js';
import { WAKE_WORD_EPOCHS, wakeWordName } from '../../../core/wakeword/index.js';
import { copyText } from '../copy-text.js';
import { onThemeChange } from '../drawing/theme.js';
import { byId, make, sayFault } from '../element.js';
import { mistakes } from '../mistakes.js';
import type { Page } from '../page.js';
import { saveFile } from '../save-file.js';
import { type Collection, MOST_WORDS } from './collection.js';
import { Curves } from './curves.js';
import { archiveOf, datasetOf } from './dataset.js';
import { LEAST } from './row.js';
import type { StoredModel } from './store.js';
import type { TrainingReport } from './training.worker.js';
import { startTraining, type TrainingJob } from './training-job.js';

/** A word that is missed more often than this is of no use. */
const SELDOM = 0.5;
/** Before this share is done, the time that is left is a guess. */
const GUESS = 0.04;

/** Trains the words, shows how it goes and what came out, and hands it out. */
export class TrainPanel {
  private readonly begin = byId('teach-train', 'button');
  private readonly cancel = byId('teach-cancel', 'button');
  private readonly note = byId('teach-note', 'p');
  private readonly fault = byId('teach-fault', 'p');
  private readonly running = byId('teach-running', 'div');
  private readonly progress = byId('teach-progress', 'progress');
  private readonly left = byId('teach-left', 'p');
  private readonly share = byId('teach-share', 'strong');
  private readonly epochs = byId('teach-epochs', 'input');
  private readonly result = byId('teach-result', 'div');
  private readonly curves = new Curves(byId('teach-curves', 'canvas'));
  private job: TrainingJob | null = null;
  private began = 0;
  /** What ended the last training, which stays until something changes. */
  private ended = '';

  constructor(
    private readonly collection: Collection,
    private readonly page: Page,
  ) {
    this.epochs.value = String(WAKE_WORD_EPOCHS);
    this.begin.addEventListener('click', () => void this.train());
    this.cancel.addEventListener('click', () => this.job?.cancel());
    byId('teach-download-recordings', 'button').addEventListener('click', () => void this.downloadRecordings());
    const [copy, command] = [byId('teach-copy', 'button'), byId('teach-command', 'code')];
    copy.addEventListener('click', () => void copyText(copy, command.textContent, command));
    byId('teach-forget', 'button').addEventListener('click', () => void this.forget());
    onThemeChange(() => this.curves.draw());
  }

  /** Shows what can be trained, and the model that there is. */
  show(): void {
    if (this.job !== null) return;
    const missing = this.missing();
    const { recorded, all } = this.collection;
    this.begin.disabled = missing !== null;
    this.begin.textContent = recorded.length > 1 ? 'Teach these words' : 'Teach this word';
    this.note.textContent = missing ?? (this.ended || this.advice());
    byId('teach-download-recordings', 'button').disabled = recorded.length === 0;
    byId('teach-forget', 'button').disabled = all.length === 0 && this.collection.model === null;
    this.showResult();
  }

  /** Returns what is missing for a training, or null. */
  private missing(): string | null {
    const { recorded } = this.collection;
    if (recorded.length === 0) return 'Record a word first.';
    const few = recorded.filter((word) => this.collection.of(word).length < LEAST);
    if (few.length > 0) return `Record ${few.join(' and ')} at least ${LEAST} times; twenty are better.`;
    return recorded.length > MOST_WORDS ? `At most ${MOST_WORDS} words.` : null;
  }

  private advice(): string {
    const few = this.collection.recorded.filter((word) => this.collection.of(word).length < 10);
    if (few.length > 0) return 'From ten recordings of each word on, some are kept to measure how often it is heard.';
    return 'A minute or two on two cores.';
  }

  private async train(): Promise<void> {
    const epochs = Math.round(this.epochs.valueAsNumber);
    if (!(epochs >= 1 && epochs <= 200)) return sayFault(this.fault, 'Epochs: a number from 1 to 200.');
    sayFault(this.fault, null);
    this.ended = '';
    this.began = performance.now();
    this.curves.clear();
    this.showRunning(true);
    try {
      const job = startTraining(this.collection, epochs, (report) => this.report(report));
      this.job = job;
      this.cancel.focus();
      const model = await job.model;
      if (model === null) this.ended = 'Cancelled. Nothing was changed.';
      else {
        this.collection.keepModel(model);
        await this.page.useModel(model.bytes, `${wakeWordName(model.words)}.spkw`);
        this.ended = `${model.words.join(', ')}: taught. The page above listens for ${model.words.length > 1 ? 'them' : 'it'} now.`;
      }
    } catch (error) {
      sayFault(this.fault, `The training ended: ${(error as Error).message}.`.replace(/\.\.$/, '.'));
    } finally {
      this.job = null;
      const hadFocus = document.activeElement === this.cancel;
      this.showRunning(false);
      this.show();
      if (hadFocus) this.begin.focus();
    }
  }

  private showRunning(isRunning: boolean): void {
    this.begin.hidden = isRunning;
    this.cancel.hidden = !isRunning;
    this.running.hidden = !isRunning;
    this.epochs.disabled = isRunning;
    this.progress.value = 0;
    this.left.textContent = '';
    if (isRunning) this.curves.draw();
  }

  private report(report: TrainingReport): void {
    if (report.kind === 'stage') this.note.textContent = `${report.text}…`;
    if (report.kind !== 'step') return;
    const share = report.done / report.total;
    this.progress.value = share;
    this.curves.add(share, report.correct, report.loss);
    this.curves.draw();
    this.share.textContent = percentText(this.curves.correct, 0);
    const seconds = (performance.now() - this.began) / 1000;
    // the threshold takes about a tenth of the time
    this.left.textContent =
      share < GUESS ? '' : `about ${Math.max(1, Math.round(((1.1 - share) * seconds) / share))} s left`;
  }

  private showResult(): void {
    const { model, revision } = this.collection;
    this.result.hidden = model === null;
    if (model === null) return;
    const { facts, words, bytes, command } = model;
    const isOld = model.revision !== revision;
    byId('teach-result-title', 'h3').textContent = `A network that hears ${words.join(', ')}`;
    byId('teach-facts', 'dl').replaceChildren(...factsOf(model).map(([name, value, note]) => fact(name, value, note)));
    byId('teach-sha', 'code').textContent = facts.sha256;
    byId('teach-command', 'code').textContent = command;
    byId('teach-command-note', 'p').textContent = isOld
      ? 'The recordings have changed since: these are the model and the command for what they were.'
      : 'Unpack the downloaded recordings, and this command makes the same model, byte for byte.';
    const download = byId('teach-download-model', 'button');
    download.textContent = `Download the model, ${kilobytesText(bytes.length)}`;
    download.onclick = () => saveFile(`${wakeWordName(words)}.spkw`, bytes);
  }

  private async downloadRecordings(): Promise<void> {
    const { collection } = this;
    const words = collection.recorded;
    const archive = await archiveOf(datasetOf(collection), words, collection.model?.facts.sha256 ?? null);
    saveFile(`${wakeWordName(words)}-recordings.zip`, archive);
  }

  private async forget(): Promise<void> {
    if (!window.confirm('Delete all recordings and the model that was taught, in this page and in this browser?'))
      return;
    this.job?.cancel();
    this.ended = '';
    mistakes.clear();
    await this.collection.forget();
    this.show();
    this.note.textContent = 'Everything is forgotten.';
    byId('teach-rows', 'ol').querySelector('input')?.focus();
  }
}

/** What is known of a model: a name, a figure and what it means. */
function factsOf({ facts }: StoredModel): [name: string, value: string, note: string][] {
  const { missRate, heldOut, falseAccepts, otherWords, ambientHours, proof, seconds, threads, epochs } = facts;
  const minutes = Math.round(60 * ambientHours);
  return [
    missRate === null
      ? ['Heard', '–', 'too few recordings to keep some for a check']
      : [
          'Heard',
          percentText(1 - missRate, 0),
          `of copies of ${heldOut} recordings that it was not trained on, in noise${missRate > SELDOM ? ': record more, in the room that it is for' : ''}`,
        ],
    [
      'Heard wrongly',
      countText(falseAccepts.words + falseAccepts.ambient),
      `${falseAccepts.words} in ${countText(otherWords)} other words, ${falseAccepts.ambient} in ${minutes} minutes of speech and noise`,
    ],
    [
      'Proof',
      proof.different === 0 ? 'equal' : `${countText(proof.different)} differ`,
      `${compactText(proof.compared)} spikes and scores of ${proof.recordings} recordings, in the kernel that boards run and in a build that skips nothing`,
    ],
    [
      'Work',
      `1 : ${(proof.ordinary / Math.max(1, proof.operations)).toFixed(1)}`,
      `${compactText(proof.operations)} additions a window; the ordinary network of this shape needs ${compactText(proof.ordinary)} multiplications`,
    ],
    [
      'Taught in',
      `${seconds.toFixed(0)} s`,
      `${epochs} epochs on ${threads} ${threads === 1 ? 'thread' : 'threads'} of this machine`,
    ],
  ];
}

function fact(name: string, value: string, note: string): HTMLElement {
  return make('div', {}, make('dt', {}, name), make('dd', {}, value), make('dd', { className: 'note' }, note));
}
