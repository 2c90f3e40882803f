import { type ConnectedBoard, flashModel, isRunning, runningSlot } from '../../../core/board/index.js';
import { operatingPointOf } from '../../../core/detection/index.js';
import { NoAnswerError, NotABoardError } from '../../../core/error.js';
import { detecting } from '../../../core/export/index.js';
import { BoardClient, type BoardHearing } from '../../../core/protocol/index.js';
import { clockText, countText, crcText, kilobytesText } from '../../../core/text/index.js';
import { byId, sayFault } from '../element.js';
import type { Heard } from '../history.js';
import { kernelFor } from '../kernel.js';
import type { LoadedModel } from '../model.js';
import type { Page } from '../page.js';
import { BesidePanel } from './beside-panel.js';
import { type ClipComparison, compareClip } from './comparison.js';
import { comparisonTable } from './comparison-table.js';
import { openSerialStream, watchBoards } from './serial-stream.js';
import { type TestClip, testSounds } from './test-sounds.js';
import { WorkProgress } from './work-progress.js';

/** Describes a board over Web Serial, flashes the page's model and compares the board's answers with the page's. */
export class BoardPanel {
  private readonly buttons = {
    connect: byId('connect', 'button'),
    anyPort: byId('any-port', 'button'),
    flash: byId('flash', 'button'),
    compare: byId('compare', 'button'),
    beside: byId('beside-start', 'button'),
  };
  private readonly note = byId('board-note', 'p');
  private readonly fault = byId('board-fault', 'p');
  private readonly progress = new WorkProgress((stage) => {
    this.note.textContent = stage;
  });
  private readonly beside: BesidePanel;
  private readonly answers = byId('answers', 'section');
  private readonly verdict = byId('verdict', 'p');
  private readonly results = byId('comparison', 'section');
  private board: ConnectedBoard | null = null;
  private hearing: BoardHearing | null = null;
  /** Vendors of boards that can be connected without a question; null without Web Serial. */
  private known: readonly string[] | null = [];
  /** The model as it was set last; null if it must be made again. */
  private set: LoadedModel | null = null;
  private busy = false;

  constructor(private readonly page: Page) {
    this.beside = new BesidePanel(page);
    this.beside.onChange = (fault) => void this.work(() => Promise.reject(fault));
    // keyboard users must be able to scroll it
    this.results.tabIndex = 0;
    this.buttons.connect.addEventListener('click', () => {
      void this.work(() => (this.board === null ? this.connect(false) : this.disconnect()));
    });
    this.buttons.anyPort.addEventListener('click', () => void this.work(() => this.connect(true)));
    this.buttons.beside.addEventListener('click', () => void this.work(() => this.toggleBeside()));
    void watchBoards((vendors) => {
      this.known = vendors;
      this.show();
    });
    this.buttons.flash.addEventListener('click', () => void this.work(() => this.flash()));
    this.buttons.compare.addEventListener('click', () => void this.work(() => this.compare()));
    page.onModel(() => this.modelChanged());
    page.onChoice(() => this.modelChanged());
  }

  /** The model with the thresholds and words that are set; null before there is one, or if no word is on. */
  private get model(): LoadedModel | null {
    const { model, changes } = this.page;
    if (model === null || changes.words?.length === 0) return null;
    if (this.set === null) {
      const { bytes, network } = detecting(model, changes);
      this.set = { ...model, bytes, network, point: operatingPointOf(network) };
    }
    return this.set;
  }

  private modelChanged(): void {
    this.set = null;
    this.clearResults();
    this.beside.clear();
    if (this.beside.isRunning) void this.work(() => this.beside.end());
    this.show();
  }

  /** Runs a task unless one is running already, and shows its error. */
  private async work(task: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    const pressed = document.activeElement;
    sayFault(this.fault, null);
    this.show();
    try {
      await task();
    } catch (error) {
      sayFault(this.fault, error);
      await this.afterFault();
    } finally {
      this.progress.end();
      this.busy = false;
      this.show();
      this.refocus(pressed);
    }
  }

  /** Gives the focus back to the pressed button, which lost it while it was disabled, or to the next enabled one. */
  private refocus(pressed: Element | null): void {
    const { connect, compare } = this.buttons;
    const button = Object.values(this.buttons).find((candidate) => candidate === pressed);
    if (button === undefined || document.activeElement !== document.body) return;
    const next = [button, compare, connect].find((candidate) => !candidate.disabled);
    next?.focus({ preventScroll: true });
  }

  private async connect(any: boolean): Promise<void> {
    this.note.textContent = 'Choose the port of the board in the browser’s window.';
    const stream = await openSerialStream(any);
    this.note.textContent = 'Waiting for the board…';
    const client = new BoardClient(stream);
    const { onEnd } = stream;
    stream.onEnd = (reason) => {
      onEnd(reason);
      // a running task reports the end of the connection itself
      if (!this.busy) void this.work(() => client.hello().then(() => {}));
    };
    try {
      this.board = { client, hello: await client.hello(), port: client.name };
      this.hearing = await client.listen('ask');
    } catch (error) {
      await client.close();
      throw error instanceof NoAnswerError ? new NotABoardError('This port', error.bytes) : error;
    }
  }

  private async disconnect(): Promise<void> {
    await this.beside.end();
    this.beside.clear();
    await this.board?.client.close();
    this.board = null;
    this.clearResults();
  }

  private async flash(): Promise<void> {
    const { board, model } = this;
    if (board === null || model === null) return;
    this.clearResults();
    // written, then read back
    this.progress.begin(2 * model.bytes.length);
    await flashModel(board, model.bytes, this.progress.stage);
    this.board = { ...board, hello: await board.client.hello() };
  }

  private async compare(): Promise<void> {
    const { board, model } = this;
    if (board === null || model === null) return;
    this.clearResults();
    const clips = [...this.page.heard.map(testClip), ...testSounds()];
    const kernel = await kernelFor(model);
    const results: ClipComparison[] = [];
    this.progress.begin(clips.length);
    const bar = this.progress.stage('comparing', clips.length);
    for (const clip of clips) {
      results.push(await compareClip(kernel, board.client, clip));
      bar.update(results.length);
    }
    this.showResults(results, model, board);
  }

  private async toggleBeside(): Promise<void> {
    const { board, model, beside } = this;
    if (beside.isRunning) await beside.end();
    else if (board !== null && model !== null) await beside.begin(board, model);
  }

  /** Asks the board again after an error: it may be gone or run something else. Disconnects if it does not answer. */
  private async afterFault(): Promise<void> {
    const { board } = this;
    if (board === null) return;
    try {
      this.board = { ...board, hello: await board.client.hello() };
    } catch {
      this.board = null;
      await this.beside.end().catch(() => {});
      this.beside.clear();
      await board.client.close();
    }
  }

  private show(): void {
    const { board, busy, buttons } = this;
    // it is made for a board only
    const model = board === null ? null : this.model;
    const runs = board !== null && model !== null && isRunning(board.hello, model.bytes);
    const runsBeside = this.beside.isRunning;
    buttons.connect.disabled = busy;
    buttons.anyPort.hidden = board !== null;
    buttons.anyPort.disabled = busy;
    buttons.beside.disabled = busy;
    buttons.connect.textContent = board === null ? 'Connect a board…' : 'Disconnect';
    buttons.flash.disabled = busy || runsBeside || board === null || model === null || runs;
    buttons.compare.disabled = busy || runsBeside || !runs;
    this.beside.show(runs, this.hearing);
    if (!busy) this.note.textContent = this.describe(runs);
  }

  private describe(runs: boolean): string {
    const { board, known } = this;
    if (board === null) {
      if (known === null) return 'Not connected. This browser has no Web Serial.';
      if (known.length !== 1) return 'Not connected.';
      return `Not connected. A board of ${known[0]} that this page has used before is plugged in: Connect opens it.`;
    }
    if (this.page.words.length === 0) return 'No word is on. Switch one on above to flash it.';
    const { hello } = board;
    const slot = runningSlot(hello);
    const model = runs
      ? 'It runs this model.'
      : slot === null
        ? 'It runs no model. Flash this one.'
        : `It runs another model (${kilobytesText(slot.length)}, CRC-32 ${crcText(slot.crc)}). Flash this one to compare.`;
    return `${hello.board}, firmware ${hello.firmware}, ${kilobytesText(hello.kernelRamBytes)} of RAM for the kernel. ${model}`;
  }

  private clearResults(): void {
    this.answers.hidden = true;
    this.verdict.textContent = '';
    this.results.replaceChildren();
  }

  private showResults(results: readonly ClipComparison[], model: LoadedModel, { hello }: ConnectedBoard): void {
    const compared = results.reduce((sum, result) => sum + result.compared, 0);
    const differing = results.reduce((sum, result) => sum + result.differing, 0);
    const scores = results.reduce((sum, { page }) => sum + page.scores.length, 0);
    this.answers.hidden = false;
    this.verdict.className = `verdict ${differing === 0 ? 'equal' : 'different'}`;
    this.verdict.textContent =
      differing === 0
        ? `Board and page agree: all ${countText(scores)} scores of ${results.length} clips are equal, and so are all counts of spikes and operations.`
        : `Board and page differ in ${countText(differing)} of ${countText(compared)} values. spikeword bisect finds the first layer that differs.`;
    this.results.replaceChildren(comparisonTable(results, model.network.labels, hello));
  }
}

const testClip = ({ detection, clip }: Heard): TestClip => ({
  name: `“${detection.word}” at ${clockText(detection.timeMs)}`,
  samples: clip,
});
