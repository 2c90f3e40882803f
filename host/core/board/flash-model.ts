import { BoardError } from '../error.js';
import { crc32 } from '../model/index.js';
import { type Stage, staged } from '../stage.js';
import { bytesText, crcText, wrapText } from '../text/index.js';
import type { ConnectedBoard } from './connected-board.js';
import { isRunning, runningSlot } from './running-slot.js';

/** What `flashModel` or `rollBack` did. */
export interface FlashReport {
  readonly board: string;
  readonly port: string;
  /** `kept`: the board already ran this model. */
  readonly action: 'written' | 'kept' | 'rolled back';
  /** The slot of the model that runs now. */
  readonly slot: number;
  readonly sequence: number;
  readonly modelBytes: number;
  /** CRC-32 of the model file, eight hexadecimal digits. */
  readonly crc: string;
  /** Wall-clock time, reading back included. */
  readonly seconds: number;
}

/** Offset of the format version in a model file. */
const FORMAT_OFFSET = 4;

/**
 * Puts a model (the bytes of a .spkw file) on a board, runs it and reads it back; does nothing if the board already
 * runs it. The previous model stays in the other slot. A model that the board cannot run is refused before anything is
 * erased. Throws `RefusedError` with the numbers, or `BoardError` if the flash does not hold what was sent.
 */
export async function flashModel(board: ConnectedBoard, model: Uint8Array, stage?: Stage): Promise<FlashReport> {
  const { client, hello, port } = board;
  const began = performance.now();
  const crc = crc32(model);
  const running = runningSlot(hello);
  if (running !== null && isRunning(hello, model)) {
    return reportOf(board, 'kept', running.index, running, began);
  }
  const format = new DataView(model.buffer, model.byteOffset, model.length).getUint32(FORMAT_OFFSET, true);
  if (format > hello.modelFormat) {
    throw new BoardError(
      `${port}: the model has format version ${format}, the board reads no more than version ${hello.modelFormat}; build the firmware with the version of spikeword that made the model`,
    );
  }
  await staged(stage, 'erasing', 1, () => client.begin(model, crc));
  await staged(stage, 'writing', model.length, (onProgress) => client.write(model, onProgress));
  const installed = await staged(stage, 'checking', 1, () => client.commit(model.length, crc));
  const content = await staged(stage, 'reading back', model.length, (onProgress) =>
    client.readSlot(installed.slot, model.length, onProgress),
  );
  const wrong = model.findIndex((byte, k) => byte !== content[k]);
  if (wrong >= 0) {
    throw new BoardError(
      `${port}: byte ${wrong} of the model reads back as ${content[wrong]}, but ${model[wrong]} was written; flash it again, or go back with \`spikeword flash --rollback\``,
    );
  }
  return reportOf(board, 'written', installed.slot, installed, began);
}

/**
 * Runs the model in the other slot, which ran before. A second call brings the first model back. Throws `RefusedError`
 * if the other slot holds no model, and `BoardError` for a board that does not answer.
 */
export async function rollBack(board: ConnectedBoard): Promise<FlashReport> {
  const began = performance.now();
  const installed = await board.client.rollback();
  return reportOf(board, 'rolled back', installed.slot, installed, began);
}

function reportOf(
  { hello, port }: ConnectedBoard,
  action: FlashReport['action'],
  slot: number,
  { sequence, length, crc }: { readonly sequence: number; readonly length: number; readonly crc: number },
  began: number,
): FlashReport {
  const seconds = (performance.now() - began) / 1000;
  return { board: hello.board, port, action, slot, sequence, modelBytes: length, crc: crcText(crc), seconds };
}

/** What was done, as text for a terminal. */
export function flashText(report: FlashReport): string {
  return wrapText(`${sentence(report)}\n`);
}

function sentence({ board, port, action, slot, modelBytes, crc, seconds }: FlashReport): string {
  const model = `${bytesText(modelBytes)}, CRC-32 ${crc}`;
  switch (action) {
    case 'kept':
      return `${board} on ${port} already runs this model (slot ${slot}, ${model}); nothing was written`;
    case 'written':
      return `${board} on ${port} runs the model from slot ${slot} (${model}); written and read back in ${seconds.toFixed(1)} s`;
    case 'rolled back':
      return `${board} on ${port} is back on the model in slot ${slot} (${model})`;
  }
}
