import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { MOST_TIMESTEPS, planNetwork } from '../core/network/index.js';
import { countText } from '../core/text/index.js';
import { type ImportOptions, importNetwork, writeCheckpoint } from '../model/index.js';
import { WriteError } from '../system/index.js';
import { nextText } from './next-command.js';
import { wholeNumber } from './whole-number.js';

interface ImportCommandOptions extends ImportOptions {
  readonly out: string;
  readonly json?: boolean;
}

export function importCommand(): Command {
  return new Command('import')
    .description(
      'Turn a network that another program trained into a checkpoint, for quantize, evaluate and train --from: a ' +
        'graph of NIR, or tensors with a list of their names',
    )
    .argument('<file>', 'graph of NIR (.nir), or tensors (.safetensors)')
    .requiredOption('--out <file>', 'checkpoint to write, such as best.safetensors (required)')
    .option(
      '--features <file>',
      'what the network was trained on: a file that features wrote, a checkpoint or a run folder; for its words and ' +
        'the normalisation of its input (default: as in the graph)',
    )
    .option('--mapping <file>', 'JSON file that says which tensor is which (required for tensors)')
    .option(
      '--timesteps <n>',
      'timesteps that the network was trained with (default: as in the graph)',
      wholeNumber(1, MOST_TIMESTEPS),
    )
    .option('--soft-reset', 'a spike takes the threshold from the membrane (default: as in the graph)')
    .option('--json', 'print one JSON object (default: text)')
    .action(async (path: string, { out, json, ...options }: ImportCommandOptions) => {
      if (existsSync(out)) throw new WriteError(`${out}: exists already; remove it, or choose another --out`);
      const checkpoint = await importNetwork(path, options);
      writeCheckpoint(out, checkpoint);
      const { layers, weights, timesteps } = planNetwork(checkpoint.spec);
      const { neuron } = checkpoint.spec;
      if (json) {
        const { labels } = checkpoint;
        process.stdout.write(
          `${JSON.stringify({ checkpoint: out, neuron, timesteps, layers: layers.length, weights, labels })}\n`,
        );
        return;
      }
      process.stdout.write(
        `${out}  ${layers.length} layers of ${neuron}, ${countText(weights)} weights, ${timesteps} timesteps\n` +
          nextText([['quantize', out, '--data', 'FOLDER']]),
      );
    });
}
