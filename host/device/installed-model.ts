import { type ConnectedBoard, isRunning, runningSlot } from '../core/board/index.js';
import { BoardError } from '../core/error.js';
import { crc32 } from '../core/model/index.js';
import { type Stage, staged } from '../core/stage.js';
import { crcText } from '../core/text/index.js';
import { type ModelFile, openModel, readModel } from '../model/index.js';

/** Reads the running model back from the board. Throws `BoardError` if none runs and `ModelError` if it is bad. */
export async function readInstalledModel(board: ConnectedBoard, stage?: Stage): Promise<ModelFile> {
  const { client, hello, port } = board;
  const slot = runningSlot(hello);
  if (slot === null)
    throw new BoardError(`${port}: no model is running on the board; write one to it with \`spikeword flash MODEL\``);
  const bytes = await staged(stage, 'reading the model', slot.length, (onProgress) =>
    client.readSlot(slot.index, slot.length, onProgress),
  );
  return openModel(bytes, `the model on ${port}`);
}

/**
 * Returns the model in a file, or without a path the one that runs on the board. Throws what `readModel` and
 * `readInstalledModel` throw.
 */
export async function modelToCompare(board: ConnectedBoard, path?: string, stage?: Stage): Promise<ModelFile> {
  return path === undefined ? readInstalledModel(board, stage) : readModel(path);
}

/**
 * Returns the model that runs on the board. If a path is given, the file must contain that model. Throws what
 * `readModel` and `readInstalledModel` throw, and `BoardError` if the board runs another model.
 */
export async function runningModel(board: ConnectedBoard, path?: string, stage?: Stage): Promise<ModelFile> {
  if (path === undefined) return readInstalledModel(board, stage);
  const model = readModel(path);
  const { hello, port } = board;
  if (isRunning(hello, model.bytes)) return model;
  const slot = runningSlot(hello);
  const runs = slot === null ? 'no model' : `another model (CRC-32 ${crcText(slot.crc)})`;
  throw new BoardError(
    `${port}: the board runs ${runs}, not ${path} (CRC-32 ${crcText(crc32(model.bytes))}); ` +
      `write it to the board with \`spikeword flash ${path} --port ${port}\`, or leave out the model to use the one that is running`,
  );
}
