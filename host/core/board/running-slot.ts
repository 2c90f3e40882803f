import { crc32 } from '../model/index.js';
import type { Hello, Slot } from '../protocol/index.js';

/** The slot that runs and its number, or null if no model runs. */
export function runningSlot({ activeSlot, slots }: Hello): (Slot & { readonly index: number }) | null {
  return activeSlot === null ? null : { ...slots[activeSlot], index: activeSlot };
}

/** Whether the board runs this model, judged by the length and CRC-32 of the whole file. */
export function isRunning(hello: Hello, model: Uint8Array): boolean {
  const slot = runningSlot(hello);
  return slot !== null && slot.length === model.length && slot.crc === crc32(model);
}
