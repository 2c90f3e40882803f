import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { UsageError } from '../core/error.js';
import {
  checkTorchOptions,
  joinTraining,
  type RunFolder,
  type TorchOptions,
  type TorchReport,
} from '../training/index.js';
import { say } from './terminal.js';
import { wholeNumber } from './whole-number.js';

/** The options of `train` that choose what computes. */
interface EngineOptions {
  readonly engine?: 'wasm' | 'torch';
  readonly device?: 'cuda' | 'cpu';
  readonly nproc?: number;
  readonly nnodes?: number;
  readonly nodeRank?: number;
  readonly rendezvous?: string;
  readonly threads?: number;
}

export const torchOptions: readonly Option[] = [
  new Option(
    '--engine <name>',
    'what computes: wasm, which needs nothing and gives the same weights everywhere, or torch, PyTorch for GPUs and several machines (default: wasm, or that of the run with --resume)',
  ).choices(['wasm', 'torch']),
  new Option(
    '--device <name>',
    'with torch: where it computes (default: cuda if there is a GPU, otherwise cpu)',
  ).choices(['cuda', 'cpu']),
  new Option(
    '--nproc <n>',
    'with torch: processes on each machine, 1 to 64 (default: one for each GPU, or 1)',
  ).argParser(wholeNumber(1, 64)),
  new Option('--nnodes <n>', 'with torch: machines, 1 to 1024 (default: 1)').argParser(wholeNumber(1, 1024)),
  new Option(
    '--node-rank <n>',
    'with torch: which machine this is; 0 has the recordings and writes the run, and the others compute for it (default: 0)',
  ).argParser(wholeNumber(0, 1023)),
  new Option(
    '--rendezvous <host:port>',
    'with torch on several machines: an address of machine 0 and a free port, the same on all (default: none)',
  ),
];

function torchOf({ device, nproc, nnodes, nodeRank, rendezvous }: EngineOptions): TorchOptions {
  return { device, processes: nproc, nodes: nnodes, node: nodeRank, rendezvous };
}

/** Refuses options of torch without it. */
function refuseTorchOptions(command: Command): void {
  const given = torchOptions.filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli');
  const others = given.filter((option) => option.attributeName() !== 'engine');
  if (others.length === 0) return;
  throw new UsageError(`train: ${others.map(({ long }) => long).join(', ')} only with --engine torch`);
}

/**
 * Computes for the run of another machine, until it ends, if the command line says that this is not machine 0. Returns
 * whether it did. Throws `UsageError` for options that do not fit together, and what `joinTraining` throws.
 */
export async function joinedTraining(command: Command): Promise<boolean> {
  const options = command.opts<EngineOptions>();
  if (!((options.nodeRank ?? 0) > 0)) return false;
  if (options.engine !== 'torch') refuseTorchOptions(command);
  const torch = torchOf(options);
  checkTorchOptions(torch);
  say(`machine ${torch.node} of ${torch.nodes}: computing for machine 0 at ${torch.rendezvous}`);
  await joinTraining({ ...torch, threads: options.threads ?? availableParallelism() });
  return true;
}

/**
 * Returns where PyTorch computes, or undefined if the wasm engine does; a resumed run keeps its engine. Throws
 * `UsageError`.
 */
export function torchChoice(command: Command, resumed?: RunFolder): TorchOptions | undefined {
  const options = command.opts<EngineOptions>();
  const before = resumed?.lastEngine() ?? 'wasm';
  if ((options.engine ?? before) === 'wasm') {
    refuseTorchOptions(command);
    return undefined;
  }
  const torch = torchOf(options);
  checkTorchOptions(torch);
  return torch;
}

/** Says what computes. */
export function torchText({ torch, device, deviceName, backend, pids }: TorchReport): string {
  const processes = pids.length === 1 ? 'one process' : `${pids.length} processes, which talk through ${backend}`;
  return `PyTorch ${torch} on ${device} (${deviceName}), ${processes}`;
}
