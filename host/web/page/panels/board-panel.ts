import type { Heard } from '../history.js';
import type { LoadedModel } from '../model.js';

export class BoardPanel {
  keep(_heard: Heard): void {}
  modelChanged(_model: LoadedModel): void {}
}
