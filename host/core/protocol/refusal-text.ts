import { loadErrorText } from '../kernel/index.js';
import { kindName } from './vocabulary.js';

const bytes = (n: number): string => `${n.toLocaleString('en-US')} bytes`;
const hex = (n: number): string => `0x${n.toString(16).padStart(8, '0')}`;

/** Why a kernel stops itself: the reasons in firmware-bridge/runtime/kernel.h. */
const TRAPS = new Map([
  [1, 'an access outside its memory'],
  [2, 'an integer overflow'],
  [3, 'a division by zero'],
  [4, 'an invalid conversion'],
  [5, 'unreachable code'],
  [8, 'too deep a stack'],
]);

/** What an error of the board means and what to do about it; `kind` is that of the request it answers. */
export function refusalText(kind: number, status: number, detail: number, other: number): string {
  switch (status) {
    case 2:
      return `the board does not know ${kindName(kind)}; its firmware is older: flash the firmware of this spikeword`;
    case 3:
      return `the board finds ${kindName(kind)} of ${detail} bytes, expected ${other}`;
    case 4:
      return `the board refuses the value ${detail} in ${kindName(kind)}, the most is ${other}`;
    case 5:
      return 'no model runs on the board; `spikeword flash MODEL` puts one there';
    case 6:
      return `the board is not ready for ${kindName(kind)}: ${detail} there, ${other} needed`;
    case 7:
      return `the board expects ${detail} next in ${kindName(kind)}, got ${other}; another program may talk to it`;
    case 8:
      return 'no update is in progress on the board';
    case 9:
      return `the kernel was stopped by ${TRAPS.get(detail) ?? `trap ${detail}`} (address ${hex(other)}); please report it`;
    case 10:
      return `the model wants ${detail} coefficients a frame, the board's front end computes ${other}; send features`;
    case 16:
      return `the model takes ${bytes(detail)} of flash, a slot of the board has ${bytes(other)}; nothing was changed`;
    case 17:
      return `the model needs ${bytes(detail)} of RAM, the board has ${bytes(other)}; nothing was changed`;
    case 18:
      return `the model has format version ${detail}, the board's kernel reads version ${other}; nothing was changed`;
    case 19:
      return `the board's kernel refuses the model: ${loadErrorText(detail, other, 0)}`;
    case 20:
      return `the board was told of ${hex(other)} first and now of ${hex(detail)}: length or CRC-32 of the model changed`;
    case 21:
      return `the board has ${bytes(detail)} of ${bytes(other)} of the model`;
    case 22:
      return `what stands in the board's flash has CRC-32 ${hex(detail)}, expected ${hex(other)}; the old model runs on`;
    case 23:
      return `the flash at ${hex(detail)} does not erase, it reads ${hex(other)}: worn out, or locked`;
    case 24:
      return `the flash at ${hex(detail)} does not keep what is written, it reads ${hex(other)}: worn out, or locked`;
    case 25:
      return `the flash at ${hex(detail)} cannot be read (${bytes(other)})`;
    case 26:
      return `the other slot of the board holds no whole model (${slotStateName(detail)}); there is nothing to go back to`;
    case 27:
      return `the slot has no room for another rollback (${detail} records): flash the model again instead`;
    default:
      return `the board refuses ${kindName(kind)} with error ${status} (${detail}, ${other})`;
  }
}

const SLOT_STATES = ['empty', 'unfinished', 'damaged', 'whole', 'refused by the kernel'];

/** What a slot's state is called. */
export function slotStateName(state: number): string {
  return SLOT_STATES[state] ?? `state ${state}`;
}
