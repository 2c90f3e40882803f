import type { Inference, Kernel } from '../../../core/kernel/index.js';
import type { BoardClient, BoardInference } from '../../../core/protocol/index.js';
import type { TestClip } from './test-sounds.js';

/** The answers of the page and the board for one clip. */
export interface ClipComparison {
  readonly clip: string;
  readonly page: Inference;
  readonly board: BoardInference;
  /** Number of values compared: every score, the spikes and operations of every layer, and the class. */
  readonly compared: number;
  /** How many of them differ. */
  readonly differing: number;
}

function differences(page: ArrayLike<number>, board: ArrayLike<number>): number {
  let count = Math.abs(page.length - board.length);
  for (let k = 0; k < Math.min(page.length, board.length); k++) if (page[k] !== board[k]) count++;
  return count;
}

/** Gives the page and the board the same samples and compares their answers. Throws what the board's requests throw. */
export async function compareClip(
  kernel: Kernel,
  client: BoardClient,
  { name, samples }: TestClip,
): Promise<ClipComparison> {
  const page = kernel.classify(samples);
  await client.sendSamples(samples);
  const board = await client.infer();
  const pairs: readonly (readonly [ArrayLike<number>, ArrayLike<number>])[] = [
    [page.scores, board.scores],
    [page.spikes, board.spikes],
    [page.synapticOperations, board.synapticOperations],
    [[page.class], [board.class]],
  ];
  return {
    clip: name,
    page,
    board,
    compared: pairs.reduce((sum, [values]) => sum + values.length, 0),
    differing: pairs.reduce((sum, [ours, theirs]) => sum + differences(ours, theirs), 0),
  };
}
