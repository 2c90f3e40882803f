import { GPIOPinState, type RP2040 } from 'rp2040js';

const SCK = 10;
const WS = 11;
const SD = 12;
/** What the firmware shifts out again. */
const SHIFT = 13;

/**
 * An I2S microphone at the pins of an emulated board (Philips' I2S bus specification, 1996): it gives 24 bits at the
 * left of 32 in the left half of each frame, one clock after WS falls, and changes SD when SCK falls. `next` returns an
 * int16 sample; it is called once a frame, so the sound begins when the board starts the clocks.
 */
export function connectMicrophone(chip: RP2040, next: () => number): void {
  const sd = chip.gpio[SD];
  let ws = true;
  let word = 0;
  let left = 0;
  /** The word that begins when SCK falls. */
  let begins: number | undefined;
  chip.gpio[SCK].addListener((state) => {
    if (state === GPIOPinState.High) {
      const now = chip.gpio[WS].value === GPIOPinState.High;
      if (ws && !now) begins = next();
      ws = now;
    } else if (state === GPIOPinState.Low) {
      if (begins !== undefined) {
        word = begins << SHIFT;
        left = 32;
        begins = undefined;
      }
      sd.setInputValue(left > 0 && word < 0);
      word <<= 1;
      if (left > 0) left--;
    }
  });
}
