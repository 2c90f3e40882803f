import { type ModelFile, openModel, readModel } from '../model/index.js';
import { type Stage, staged } from '../stage.js';
import { BoardError } from './error.js';
import type { ConnectedBoard } from './open-board.js';
import { runningSlot } from './running-slot.js';

/** Reads the model that runs back from the board; throws `BoardError` where none runs, `ModelError` for a bad one. */
export async function readInstalledModel(board: ConnectedBoard, stage?: Stage): Promise<ModelFile> {
  const { client, hello, port } = board;
  const slot = runningSlot(hello);
  if (slot === null)
    throw new BoardError(`${port}: no model runs on the board; \`spikeword flash MODEL\` puts one there`);
  const bytes = await staged(stage, 'reading the model', slot.length, (onProgress) =>
    client.readSlot(slot.index, slot.length, onProgress),
  );
  return openModel(bytes, `the model on ${port}`);
}

/** The model in a file, or without a path the one that runs on the board. Throws as `readModel`, `readInstalledModel`. */
export async function modelToCompare(board: ConnectedBoard, path?: string, stage?: Stage): Promise<ModelFile> {
  return path === undefined ? readInstalledModel(board, stage) : readModel(path);
}
