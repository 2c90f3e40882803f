import { countText, kilobytesText } from '../../../core/text/index.js';
import { byId, make, sayFault } from '../element.js';
import { type LoadedModel, loadModel, loadShipped, shippedModels } from '../model.js';
import { countOfTen, ownMissRate } from './threshold-choice.js';

/** Lets the user choose one of the models served with the page, or open a file. */
export class ModelPanel {
  private readonly select = byId('model', 'select');
  private readonly note = byId('model-note', 'p');
  private readonly fault = byId('model-fault', 'p');
  /** Models opened from files, keyed by file name. */
  private readonly opened = new Map<string, LoadedModel>();
  /** The list's value for the model in use. */
  private chosen = '';
  /** Counts the choices: a model that loads slowly must not replace one that was chosen later. */
  private turn = 0;

  constructor(private readonly onModel: (model: LoadedModel) => void) {
    const file = byId('model-file', 'input');
    byId('open-model', 'button').addEventListener('click', () => file.click());
    file.addEventListener('change', () => {
      if (file.files?.[0] !== undefined) void this.open(file.files[0]);
      file.value = '';
    });
    this.select.addEventListener('change', () => void this.choose(this.select.value));
  }

  /**
   * Lists the models served with the page and chooses the one whose SHA-256 begins with the digits, or without such a
   * model the first.
   */
  async begin(digits: string | null): Promise<void> {
    try {
      const models = await shippedModels();
      for (const { name } of models) this.select.append(make('option', { value: name }, name));
      this.select.disabled = false;
      if (digits !== null && (await this.useServed(digits))) return;
      if (models.length > 0) await this.choose(models[0].name);
      else this.note.textContent = 'This page comes without a model. Open a .spkw file.';
    } catch (error) {
      this.note.textContent = '';
      sayFault(this.fault, error);
    }
  }

  /** Opens the user's model file. If it is not a model, the previous model stays in use. */
  async open(file: File): Promise<void> {
    await this.use(async () => {
      const model = loadModel(new Uint8Array(await file.arrayBuffer()), file.name);
      if (!this.opened.has(file.name)) this.select.append(make('option', { value: `file:${file.name}` }, file.name));
      this.opened.set(file.name, model);
      return [`file:${file.name}`, model];
    });
  }

  /** Chooses the model served with the page whose SHA-256 begins with the digits; false if there is none. */
  async useServed(digits: string): Promise<boolean> {
    const model = (await shippedModels()).find(({ sha256 }) => sha256.startsWith(digits));
    if (model !== undefined) await this.choose(model.name);
    return model !== undefined;
  }

  private async choose(value: string): Promise<void> {
    await this.use(async () => {
      const model = value.startsWith('file:') ? this.opened.get(value.slice(5)) : undefined;
      return [value, model ?? (await loadShipped(value))];
    });
  }

  private async use(load: () => Promise<[string, LoadedModel]>): Promise<void> {
    const turn = ++this.turn;
    try {
      const [value, model] = await load();
      if (turn !== this.turn) return;
      this.chosen = value;
      this.describe(model);
      sayFault(this.fault, null);
      this.onModel(model);
    } catch (error) {
      if (turn !== this.turn) return;
      const advice = this.chosen === '' ? 'Choose or open another one.' : 'The previous model is still in use.';
      // some errors end with a full stop, others without one
      sayFault(this.fault, `${(error as Error).message.replace(/\.$/, '')}. ${advice}`);
    }
    this.select.disabled = false;
    this.select.value = this.chosen;
  }

  private describe({ network, plan, point, bytes }: LoadedModel): void {
    const missRate = ownMissRate(point);
    const reaches =
      missRate === null
        ? 'Nobody has measured how many words it misses in a stream.'
        : `Of ten words in noise it misses about ${countOfTen(missRate)}.`;
    const always = network.labels.includes('_unknown_')
      ? ''
      : ' It always answers with one of its words, because it has no class for others.';
    const size = `${plan.layers.length} layers, T = ${plan.timesteps}, ${countText(plan.weights)} weights, ${kilobytesText(bytes.length)}`;
    this.note.textContent = `${reaches}${always} ${size}.`;
  }
}
