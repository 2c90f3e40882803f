import { planNetwork } from '../../../core/network/index.js';
import { countText, kilobytesText } from '../../../core/text/index.js';
import { byId, make, sayFault } from '../element.js';
import { labelText } from '../figures.js';
import { type LoadedModel, loadModel, loadShipped, shippedModels } from '../model.js';

/** Chooses the model: one of those beside the page, or a file of the user's. */
export class ModelPanel {
  private readonly select = byId('model', 'select');
  private readonly note = byId('model-note', 'p');
  private readonly fault = byId('model-fault', 'p');
  /** Models from files, by their names in the list. */
  private readonly opened = new Map<string, LoadedModel>();
  /** What the list says while a model is in use. */
  private chosen = '';
  /** Counts the choices: what is loaded slowly must not replace what was chosen after it. */
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

  /** Lists the models beside the page and takes the first. */
  async begin(): Promise<void> {
    try {
      const models = await shippedModels();
      for (const { name } of models) this.select.append(make('option', { value: name }, name));
      this.select.disabled = false;
      if (models.length > 0) await this.choose(models[0].name);
      else this.note.textContent = 'No model lies beside this page: open a .spkw file.';
    } catch (error) {
      this.note.textContent = '';
      sayFault(this.fault, error);
    }
  }

  /** Takes a model file of the user's; the model before stays in use if it is none. */
  async open(file: File): Promise<void> {
    await this.use(async () => {
      const model = await loadModel(new Uint8Array(await file.arrayBuffer()), file.name);
      if (!this.opened.has(file.name)) this.select.append(make('option', { value: `file:${file.name}` }, file.name));
      this.opened.set(file.name, model);
      return [`file:${file.name}`, model];
    });
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
      const advice = this.chosen === '' ? 'Choose or open another one.' : 'The model before is still in use.';
      // errors of files end without a full stop, those that are sentences with one
      sayFault(this.fault, `${(error as Error).message.replace(/\.$/, '')}. ${advice}`);
    }
    this.select.disabled = false;
    this.select.value = this.chosen;
  }

  private describe({ network, bytes }: LoadedModel): void {
    const { spec, labels, provenance } = network;
    const plan = planNetwork(spec);
    const accuracy = provenance.validationAccuracy;
    this.note.textContent = [
      labels.map(labelText).join(' '),
      `${plan.layers.length} layers, T = ${plan.timesteps}, ${countText(plan.weights)} weights, ${kilobytesText(bytes.length)}`,
      ...(accuracy === null ? [] : [`right on ${(accuracy * 100).toFixed(1)}\u00a0% of its validation clips`]),
    ].join('\u00a0· ');
  }
}
