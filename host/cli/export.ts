import { existsSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { Argument, Command, Option } from 'commander';
import type { PointChanges } from '../core/detection/index.js';
import { UsageError } from '../core/error.js';
import { detecting, type ExportedModel, type Target, targets } from '../core/export/index.js';
import { networkToGraph } from '../core/interchange/index.js';
import { planNetwork } from '../core/network/index.js';
import { bytesText, shellQuoted } from '../core/text/index.js';
import { exportedModel, exportModels } from '../export/index.js';
import { checkpointPath, readCheckpoint, readModel, writeNir } from '../model/index.js';
import { defaultModelPath, WriteError } from '../system/index.js';
import { nextText } from './next-command.js';
import { otherOptions } from './other-options.js';
import { falseAcceptsOption, wordsOption } from './stream-options.js';

interface ExportOptions {
  readonly to: string;
  readonly out?: string;
  readonly name?: string;
  readonly falseAccepts?: number;
  readonly words?: readonly string[];
  readonly json?: boolean;
}

function prepare(path: string, name: string | undefined, changes: PointChanges): ExportedModel {
  const { bytes, network } = detecting(readModel(path), changes);
  return exportedModel(bytes, network, name ?? basename(path, extname(path)));
}

/** What to do with an export. */
function whatNext({ name }: Target, path: string): string {
  switch (name) {
    case 'c':
      return `cd ${shellQuoted(path)} && cmake -B build && cmake --build build && build/spikeword_example --selftest`;
    case 'arduino':
      return 'Arduino IDE: Sketch > Include Library > Add .ZIP Library';
    default:
      return `read ${path}/README.md`;
  }
}

/** A float network leaves as a graph for other programs, not as code. */
const NIR = 'nir';

async function exportGraph(
  paths: readonly string[],
  { out, name, json }: ExportOptions,
  command: Command,
): Promise<void> {
  const wrong = otherOptions(command, ['to', 'out', 'name', 'json']);
  if (wrong !== '') throw new UsageError(`export: --to ${NIR} has no ${wrong}`);
  if (paths.length !== 1 || paths[0] === defaultModelPath()) {
    throw new UsageError(`export: --to ${NIR} takes one trained network: a run folder or a checkpoint (.safetensors)`);
  }
  const [path] = paths.map(checkpointPath);
  if (/\.(spkw|wasm)$/i.test(path)) {
    throw new UsageError(
      `export: ${path} is a network in integers; --to ${NIR} takes the trained network that it was made from, ` +
        'a run folder or a checkpoint (.safetensors)',
    );
  }
  const checkpoint = readCheckpoint(path);
  const folder = path === paths[0] ? basename(path, extname(path)) : basename(resolve(paths[0]));
  const file = out ?? `${name ?? folder}.nir`;
  if (existsSync(file)) throw new WriteError(`${file}: exists already; remove it, or choose another --out`);
  const graph = networkToGraph(checkpoint);
  const bytes = await writeNir(file, graph);
  const { timesteps } = planNetwork(checkpoint.spec);
  if (json) {
    process.stdout.write(`${JSON.stringify({ path: file, nodes: graph.nodes.size, bytes, timesteps })}\n`);
    return;
  }
  process.stdout.write(
    `${file}  NIR, ${graph.nodes.size} nodes, ${bytesText(bytes)}\n` +
      `run it for ${timesteps} timesteps of length 1, with soft reset; logits are the sum of its output\n` +
      nextText([`python3 -c "import nir; print(nir.read('${file}'))"`]),
  );
}

export function exportCommand(): Command {
  return new Command('export')
    .description(
      'Write a model as code for your own firmware, with the library that runs it and a self test; or a trained ' +
        'network as a graph for other programs (nir)',
    )
    .addArgument(
      new Argument(
        '[models...]',
        'model.spkw, model.wasm or run folders; the examples use the first; for nir one run folder or checkpoint',
      ).default([defaultModelPath()], 'the bundled commands.spkw'),
    )
    .addOption(
      new Option(
        '--to <form>',
        `${targets.map(({ name, title }) => `${name}: ${title}`).join('; ')}; ${NIR}: Neuromorphic Intermediate Representation (required)`,
      )
        .choices([...targets.map(({ name }) => name), NIR])
        .makeOptionMandatory(),
    )
    .option(
      '--out <path>',
      'new folder, zip file for arduino, or file for nir (default: spikeword_NAME_FORM, NAME.nir)',
    )
    .option('--name <name>', 'name of the model in file names and code (default: that of its file)')
    .addOption(falseAcceptsOption())
    .addOption(wordsOption())
    .option('--json', 'print one JSON object (default: text)')
    .action(async (paths: readonly string[], options: ExportOptions, command: Command) => {
      const { to, out, name, json, ...changes } = options;
      if (to === NIR) return exportGraph(paths, options, command);
      const target = targets.find((known) => known.name === to) as Target;
      const models = paths.map((path, k) => prepare(path, k === 0 ? name : undefined, changes));
      const path = out ?? `spikeword_${models[0].name}_${to}${target.zip ? '.zip' : ''}`;
      const written = await exportModels(models, target, path);
      if (json) {
        process.stdout.write(`${JSON.stringify(written)}\n`);
        return;
      }
      const { files, ramBytes, leastRamBytes, modelBytes, testWords } = written;
      const least = leastRamBytes < ramBytes ? ` (at least ${bytesText(leastRamBytes)})` : '';
      const heard = testWords.map((word) => word ?? 'nothing').join(', ');
      process.stdout.write(
        `${path}  ${target.title}, ${files} files\n` +
          `RAM ${bytesText(ramBytes)}${least}, model ${bytesText(modelBytes)}; its self test hears: ${heard}\n` +
          nextText([whatNext(target, path)]),
      );
    });
}
