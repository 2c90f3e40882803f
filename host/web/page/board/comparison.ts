import type { Inference, Kernel } from '../../../core/kernel/index.js';
import type { BoardClient, BoardInference } from '../../../core/protocol/index.js';
import type { TestClip } from './test-sounds.js';

/** What page and board say of one clip. */
export interface ClipComparison {
  readonly clip: string;
  readonly page: Inference;
  readonly board: BoardInference;
  /** Values that were compared: every score, the spikes and the operations of every layer, the class. */
  readonly compared: number;
  /** Of them, those that differ. */
  readonly differing: number;
}

function differences(page: ArrayLike<number>, board: ArrayLike<number>): number {
  let count = Math.abs(page.length - board.length);
  for (let k = 0; k < Math.min(page.length, board.length); k++) if (page[k] !== board[k]) count++;
  return count;
}

/** Has page and board hear the same samples and compares what they say. Throws what the board's requests throw. */
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
