import { Argument } from 'commander';
import { defaultModelPath } from '../system/index.js';

/** Returns the argument for the model that a command uses; its default is the model in the package. */
export function modelArgument(): Argument {
  return new Argument('[model]', 'model.spkw, model.wasm or run folder').default(
    defaultModelPath(),
    'the bundled commands.spkw',
  );
}
