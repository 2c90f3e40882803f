import { crc32, type ModelFile, openModel, readModel } from '../model/index.js';
import { type Stage, staged } from '../stage.js';
import { BoardError } from './error.js';
import type { ConnectedBoard } from './open-board.js';
import type { Hello, Slot } from './protocol/index.js';

/** The slot that runs and its number, or null where no model runs. */
export function runningSlot({ activeSlot, slots }: Hello): (Slot & { readonly index: number }) | null {
  return activeSlot === null ? null : { ...slots[activeSlot], index: activeSlot };
}

/** Whether the model that runs on the board is this one: by length and CRC-32 of the whole file. */
export function isRunning(hello: Hello, model: Uint8Array): boolean {
  const slot = runningSlot(hello);
  return slot !== null && slot.length === model.length && slot.crc === crc32(model);
}

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
