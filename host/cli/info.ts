import { Command } from 'commander';
import { describeModel, describeText } from '../kernel/index.js';

export function infoCommand(): Command {
  return new Command('info')
    .description('Explain a model: labels, layers, thresholds, flash and RAM, proven bounds, where it comes from')
    .argument('<file>', 'model.spkw or model.wasm; also what quantize wrote, or a checkpoint')
    .option('--json', 'print one JSON object (default: text)')
    .action((file: string, options: { readonly json?: boolean }) => {
      const description = describeModel(file);
      process.stdout.write(options.json ? `${JSON.stringify(description)}\n` : describeText(description));
    });
}
