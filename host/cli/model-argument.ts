import { Argument } from 'commander';
import { defaultModelPath } from '../system/index.js';

/** The model that a command uses; without one, that which comes with the package. */
export function modelArgument(): Argument {
  return new Argument('[model]', 'model.spkw, model.wasm or run folder').default(
    defaultModelPath(),
    'the shipped commands.spkw',
  );
}
