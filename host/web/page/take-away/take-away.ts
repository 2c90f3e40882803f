import { identifier } from '../../../core/export/index.js';
import { bytesText, kilobytesText, shellQuoted } from '../../../core/text/index.js';
import { copyText } from '../copy-text.js';
import { byId, sayFault } from '../element.js';
import type { LoadedModel } from '../model.js';
import type { Page } from '../page.js';
import { saveFile } from '../save-file.js';
import { sha256 } from '../sha256.js';
import { startWorker } from '../start-worker.js';
import workerAddress from './export.worker.ts?worker&url';
import { type Link, linkText, readLink } from './link.js';
import type { Made, Order } from './order.js';

/** The name of a model's file without its end, as `spikeword export` takes it. */
const stemOf = ({ name }: LoadedModel): string => name.replace(/\.spkw$/i, '');

/** The name of the folder in the zip file of an export. */
const folderOf = (stem: string): string => `spikeword_${identifier(stem).toLowerCase()}`;

/** The stage that hands out the model, programs that use it, and a link. */
export class TakeAway {
  private readonly download = byId('download-model', 'button');
  private readonly link = byId('link', 'input');
  private readonly linkNote = byId('link-note', 'p');
  private readonly linkFault = byId('link-fault', 'p');
  private readonly snippet = byId('snippet', 'section');
  private readonly note = byId('export-note', 'p');
  private readonly command = byId('export-command', 'section');
  private readonly fault = byId('export-fault', 'p');
  private readonly buttons = [...document.querySelectorAll<HTMLButtonElement>('button.export')];
  private digest: string | null = null;
  /** Resolves when the digest of the model in use is known. */
  private digested: Promise<void> = Promise.resolve();
  private busy = false;
  /** The link that the page was opened with, until its model is in use. */
  private wanted: Link | null = null;

  constructor(private readonly page: Page) {
    page.onModel((model) => {
      this.digested = this.modelChanged(model);
    });
    page.onChoice(() => this.writeLink());
    this.download.addEventListener('click', () => {
      const { model } = page;
      if (model !== null) saveFile(`${stemOf(model)}.spkw`, model.bytes);
    });
    for (const button of this.buttons) button.addEventListener('click', () => void this.export(button));
    const copies: [HTMLButtonElement, HTMLElement, () => string][] = [
      [byId('copy-link', 'button'), this.link, () => this.link.value],
      [byId('copy-snippet', 'button'), this.snippet, () => this.snippet.textContent],
    ];
    for (const [button, source, text] of copies) {
      button.addEventListener('click', () => void copyText(button, text(), source));
    }
    // keyboard users must be able to scroll them
    for (const code of [this.snippet, this.command]) code.tabIndex = 0;
    this.link.addEventListener('focus', () => this.link.select());
    window.addEventListener('hashchange', () => void this.follow());
    void this.follow();
  }

  /** Uses the model and the settings of the link in the page's address, if there is one. */
  private async follow(): Promise<void> {
    sayFault(this.linkFault, null);
    this.wanted = null;
    try {
      this.wanted = readLink(location.hash);
    } catch (error) {
      sayFault(this.linkFault, error);
    }
    const { wanted, page } = this;
    if (wanted === null) return;
    await this.digested;
    // the model was the wanted one, or another link was followed meanwhile
    if (this.wanted !== wanted) return;
    if (this.digest?.startsWith(wanted.model)) this.applyLink();
    else if (!(await page.useServed(wanted.model))) {
      const digits = wanted.model.match(/.{4}/g)?.join(' ');
      sayFault(
        this.linkFault,
        `This link is for a model that this page does not have (SHA-256 ${digits} …). Ask for its .spkw file and open it here: the slider and the words are then set as the link says.`,
      );
    }
  }

  private applyLink(): void {
    const { wanted, page } = this;
    if (wanted === null) return;
    this.wanted = null;
    sayFault(this.linkFault, null);
    page.eagerness = wanted.eager;
    if (wanted.words !== null) page.words = wanted.words;
    this.writeLink();
  }

  private async modelChanged(model: LoadedModel): Promise<void> {
    const { download, page } = this;
    const stem = stemOf(model);
    const digest = window.isSecureContext ? await sha256(model.bytes) : null;
    // another model was chosen meanwhile
    if (page.model !== model) return;
    this.digest = digest;
    download.disabled = false;
    download.textContent = `Download ${stem}.spkw`;
    byId('take-model-note', 'p').textContent =
      kilobytesText(model.bytes.length) + (digest === null ? '' : `\u00a0· SHA-256 ${digest}`);
    this.writeSnippet(stem);
    this.clearExport();
    const card = byId('card', 'a');
    card.hidden = model.card === undefined;
    if (model.card !== undefined) card.href = model.card;
    this.enable();
    if (digest !== null && this.wanted !== null && digest.startsWith(this.wanted.model)) this.applyLink();
    this.writeLink();
  }

  private writeLink(): void {
    const { digest, page } = this;
    const copyButton = byId('copy-link', 'button');
    copyButton.disabled = digest === null;
    if (digest === null || page.model === null) {
      this.link.value = '';
      this.linkNote.textContent = 'A link needs a page from this machine or over https.';
      return;
    }
    const all = page.words.length === page.allWords.length;
    const hash = linkText({ model: digest, eager: page.eagerness, words: all ? null : page.words });
    this.link.value = new URL(hash, location.href).href;
    this.linkNote.textContent =
      'It says which model, where the slider stands and which words are on. It contains no sound and no model: whoever opens it needs the same model.';
  }

  private writeSnippet(stem: string): void {
    const folder = folderOf(stem);
    const quoted = `'${folder.replaceAll('_', '-')}'`;
    this.snippet.textContent = [
      `import { listen } from ${quoted};`,
      'const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });',
      'for await (const { word, score } of listen(microphone))',
      '  console.log(word, score);',
    ].join('\n');
    byId('copy-snippet', 'button').disabled = false;
    byId('snippet-note', 'p').textContent =
      `Unpack the package and run npm install ./${folder}. It needs no server and no other package, in browsers and in Node.`;
  }

  private clearExport(): void {
    sayFault(this.fault, null);
    this.command.hidden = true;
  }

  private enable(): void {
    for (const button of this.buttons) button.disabled = this.busy || this.page.model === null;
  }

  /** Makes an export in a worker and saves it. */
  private async export(button: HTMLButtonElement): Promise<void> {
    const { page } = this;
    const { model } = page;
    const { target } = button.dataset;
    if (model === null || target === undefined || this.busy) return;
    this.busy = true;
    const text = button.textContent;
    button.textContent = 'Making…';
    this.clearExport();
    this.enable();
    const stem = stemOf(model);
    const { changes } = page;
    const order: Order = { base: document.baseURI, bytes: model.bytes, name: stem, target, changes };
    try {
      const made = await ordered(order);
      if ('fault' in made) throw new Error(made.fault);
      saveFile(`${folderOf(stem)}_${target}.zip`, made.zip);
      const least = made.leastRamBytes < made.ramBytes ? ` (at least ${bytesText(made.leastRamBytes)})` : '';
      this.note.textContent = `${made.files} files, RAM ${bytesText(made.ramBytes)}${least}; the self test hears ${made.testWord === null ? 'nothing' : `“${made.testWord}”`}. This command makes the same bytes:`;
      this.command.textContent = commandFor(order);
      this.command.hidden = false;
    } catch (error) {
      sayFault(this.fault, error);
    } finally {
      this.busy = false;
      button.textContent = text;
      this.enable();
      if (document.activeElement === document.body) button.focus({ preventScroll: true });
    }
  }
}

/** The command that makes the files of an export. */
function commandFor({ name, target, changes: { falseAccepts, words } }: Order): string {
  return [
    `npx spikeword export ${shellQuoted(`${name}.spkw`)} --to ${target}`,
    ...(falseAccepts === undefined ? [] : [`--false-accepts ${falseAccepts}`]),
    ...(words === undefined ? [] : [`--words ${shellQuoted(words.join(','))}`]),
  ].join(' ');
}

let worker: Worker | null = null;

/** Lets the worker make an export. */
function ordered(order: Order): Promise<Made> {
  worker ??= startWorker(workerAddress);
  const maker = worker;
  return new Promise((resolve, reject) => {
    maker.onmessage = ({ data }) => resolve(data);
    maker.onerror = () => {
      maker.terminate();
      worker = null;
      reject(new Error('The page cannot make it. Is spikeword web still running? If not, start it again.'));
    };
    maker.postMessage(order);
  });
}
