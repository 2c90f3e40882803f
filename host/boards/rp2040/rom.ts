import type { RP2040 } from 'rp2040js';
import { crc32Mpeg2 } from './crc32-mpeg2.js';
import type { FlashChip } from './flash-chip.js';

/** Where the chip's ROM puts the second stage of booting, and how much of flash that is. */
const BOOT2_PLACE = 0x20041f00;
const BOOT2_BYTES = 256;

/** The ROM's pointers: to its table of functions, and to the function that searches it. */
const TABLE_POINTER = 0x14;
const LOOKUP_POINTER = 0x18;
const TABLE = 0x100;
const FUNCTIONS = 0x200;

const BREAKPOINT = 0xbe00;
const RETURN = 0x4770;

/** Typical times of a W25Q16JV (datasheet, section 9.6). */
const SECTOR_ERASE_CYCLES = 45e-3 * 125e6;
const PAGE_PROGRAM_CYCLES = 0.4e-3 * 125e6;

const PAGE_BYTES = 256;
const SECTOR_BYTES = 4096;

/** Work of a ROM function that takes time: what it does at the end. */
interface Pending {
  readonly until: number;
  readonly finish: () => void;
}

export class RomError extends Error {}

/**
 * A stand-in for the RP2040's boot ROM, which rp2040js lacks and whose code is not free to copy: the start from flash,
 * and those functions of its table that the firmware calls (RP2040 datasheet, section 2.8). Each is a breakpoint, at
 * which the emulator does the work; erasing and programming take the flash chip's time, in which interrupts are served.
 */
export class Rom {
  private pending: Pending | undefined;
  private readonly codes: string[] = [];

  constructor(
    private readonly chip: RP2040,
    private readonly flash: FlashChip,
    private readonly cycles: () => number,
  ) {
    const rom = new DataView(chip.bootrom.buffer);
    const define = (code: string): void => {
      const number = this.codes.push(code) - 1;
      rom.setUint16(FUNCTIONS + 4 * number, BREAKPOINT | number, true);
      rom.setUint16(FUNCTIONS + 4 * number + 2, RETURN, true);
    };
    define('lookup');
    for (const code of ['IF', 'EX', 'RE', 'RP', 'FC']) {
      const entry = TABLE + 4 * (this.codes.length - 1);
      rom.setUint16(entry, code.charCodeAt(0) | (code.charCodeAt(1) << 8), true);
      rom.setUint16(entry + 2, (FUNCTIONS + 4 * this.codes.length) | 1, true);
      define(code);
    }
    rom.setUint16(TABLE_POINTER, TABLE, true);
    rom.setUint16(LOOKUP_POINTER, FUNCTIONS | 1, true);
  }

  /** Starts what is in flash, as after power-on. Throws `RomError` where the ROM would wait for a program over USB. */
  start(): void {
    const { core, sram } = this.chip;
    const boot2 = this.flash.content.subarray(0, BOOT2_BYTES);
    const crc = new DataView(boot2.buffer, boot2.byteOffset).getUint32(BOOT2_BYTES - 4, true);
    if (crc32Mpeg2(boot2.subarray(0, BOOT2_BYTES - 4)) !== crc) {
      throw new RomError('the second stage of booting, in the first 256 bytes of flash, has a wrong CRC');
    }
    this.flash.leaveReading();
    sram.set(boot2, BOOT2_PLACE - 0x20000000);
    core.SP = 0x20041f00;
    core.LR = 0;
    core.PC = BOOT2_PLACE;
  }

  /** Whether a function is at work; the processor waits in it. */
  get busyUntil(): number | undefined {
    return this.pending?.until;
  }

  /** Handles a breakpoint. Returns whether it is one of the ROM's. */
  breakpoint(number: number): boolean {
    const { core } = this.chip;
    const address = core.PC - 2;
    if (address !== FUNCTIONS + 4 * number || number >= this.codes.length) return false;
    if (this.pending === undefined) this.call(this.codes[number], core.registers);
    else if (this.cycles() >= this.pending.until) {
      this.pending.finish();
      this.pending = undefined;
    }
    // comes back here until the work is done, so that interrupts are served
    if (this.pending !== undefined) core.PC = address;
    return true;
  }

  /** Ends the work in its middle, as a power cut does. */
  cut(): void {
    if (this.pending !== undefined) this.flash.interrupt();
    this.pending = undefined;
  }

  private call(code: string, registers: Uint32Array): void {
    switch (code) {
      case 'lookup':
        registers[0] = this.lookup(registers[0], registers[1] & 0xffff);
        break;
      case 'IF':
        break;
      case 'EX':
        this.flash.leaveReading();
        break;
      case 'RE':
        this.begin(registers[0], registers[1], SECTOR_BYTES, SECTOR_ERASE_CYCLES, (offset, length) =>
          this.flash.erase(offset, length),
        );
        break;
      case 'RP': {
        const [offset, from, length] = registers;
        const bytes = Uint8Array.from({ length }, (_, k) => this.chip.readUint8(from + k));
        this.begin(offset, length, PAGE_BYTES, PAGE_PROGRAM_CYCLES, () => this.flash.program(offset, bytes));
        break;
      }
    }
  }

  private lookup(table: number, code: number): number {
    const rom = new DataView(this.chip.bootrom.buffer);
    for (let entry = table; rom.getUint16(entry, true) !== 0; entry += 4) {
      if (rom.getUint16(entry, true) === code) return rom.getUint16(entry + 2, true);
    }
    return 0;
  }

  private begin(
    offset: number,
    length: number,
    unit: number,
    cycles: number,
    work: (offset: number, length: number) => void,
  ): void {
    if (offset % unit !== 0 || length % unit !== 0 || offset + length > this.flash.content.length) {
      throw new RomError(`the ROM was asked to change ${length} bytes of flash at ${offset}, which is off its grid`);
    }
    if (this.flash.readable) throw new RomError('the ROM was asked to change flash that is still read in place');
    this.flash.begin(offset, length);
    const until = this.cycles() + (length / unit) * cycles;
    this.pending = { until, finish: () => work(offset, length) };
  }
}
