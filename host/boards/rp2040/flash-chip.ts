import { BasePeripheral, type RP2040 } from 'rp2040js';

/** Registers of the serial interface to flash (RP2040 datasheet, section 4.10.13). */
const CTRLR0 = 0x00;
const SSIENR = 0x08;
const SR = 0x28;
const DR0 = 0x60;
const SPI_CTRLR0 = 0xf4;
/** Nothing left to send, room to send more, something received. */
const SR_IDLE = 0b1110;
/** Four lines, 32 bits a frame, read after a command. */
const QUAD_READS = (2 << 21) | (31 << 16) | (3 << 8);
/** The mode bits, instead of a command; address and mode bits, 8 quad steps, all on four lines; 4 clocks of waiting. */
const CONTINUED_READS = ((0xa0 << 24) | (8 << 2) | (4 << 11) | 2) >>> 0;

/** What a processor reads while flash cannot be read. */
const POISON = 0xa5;

/** The flash of an emulated board. */
export interface FlashMemory {
  /** Firmware and models; changed in place. */
  readonly content: Uint8Array;
  /** Called after each change. */
  changed(offset: number, length: number): void;
}

/**
 * A W25Q16JV (Winbond's datasheet, revision G) behind the RP2040's serial interface, as far as the second stage of
 * booting uses it: status registers, and quad reads that continue without a command. Flash is readable in place only
 * while chip and interface are both set up for it; otherwise the processor reads nonsense.
 */
export class FlashChip extends BasePeripheral {
  private readonly registers = new Map<number, number>();
  private command: number[] = [];
  private received: number[] = [];
  private writable = false;
  /** The bit that enables four lines. */
  private quad = false;
  private continued = false;
  private readonly poison: Uint8Array;
  private readonly whole: Uint8Array;
  private work: { readonly offset: number; readonly length: number } | undefined;

  constructor(
    chip: RP2040,
    private readonly memory: FlashMemory,
  ) {
    super(chip, 'FLASH');
    this.whole = chip.flash;
    this.whole.set(memory.content);
    this.poison = new Uint8Array(this.whole.length).fill(POISON);
  }

  get content(): Uint8Array {
    return this.memory.content;
  }

  get readable(): boolean {
    return this.rp2040.flash === this.whole;
  }

  /** Ends reading in place, as the ROM's flash_exit_xip does: the chip expects commands. */
  leaveReading(): void {
    this.continued = false;
    this.show();
  }

  /** Announces work, for a power cut in its middle. */
  begin(offset: number, length: number): void {
    this.work = { offset, length };
  }

  erase(offset: number, length: number): void {
    this.change(offset, new Uint8Array(length).fill(0xff));
  }

  /** Clears those bits that are 0 in `bytes`. */
  program(offset: number, bytes: Uint8Array): void {
    this.change(
      offset,
      bytes.map((byte, k) => byte & this.content[offset + k]),
    );
  }

  /** A power cut during the announced work: its second half is left in a state between. */
  interrupt(): void {
    if (this.work === undefined) return;
    const { offset, length } = this.work;
    const half = length >> 1;
    this.change(
      offset + half,
      this.content.slice(offset + half, offset + length).map((byte, k) => byte & (k * 37)),
    );
  }

  override readUint32(offset: number): number {
    if (offset === SR) {
      this.perform();
      return SR_IDLE;
    }
    if (offset === DR0) return this.received.shift() ?? 0;
    return this.registers.get(offset) ?? 0;
  }

  override writeUint32(offset: number, value: number): void {
    if (offset === DR0) {
      this.command.push(value);
      return;
    }
    this.registers.set(offset, value >>> 0);
    if (offset === SSIENR) {
      this.command = [];
      this.received = [];
      this.show();
    }
  }

  /** The end of a command: the interface has sent everything. */
  private perform(): void {
    const [code, ...rest] = this.command;
    if (code === undefined) return;
    this.command = [];
    this.received = [code, ...rest].map(() => 0);
    switch (code) {
      case 0x05:
        break;
      case 0x35:
        this.received[1] = this.quad ? 2 : 0;
        break;
      case 0x06:
        this.writable = true;
        break;
      case 0x01:
        if (this.writable) this.quad = (rest[1] & 2) !== 0;
        this.writable = false;
        break;
      case 0xeb:
        this.continued = this.quad && this.registers.get(CTRLR0) === QUAD_READS && rest[0] === 0xa0;
        break;
      default:
        this.error(`unknown command 0x${code.toString(16)} to the flash chip`);
    }
  }

  private show(): void {
    const reads =
      this.continued &&
      this.registers.get(SSIENR) === 1 &&
      this.registers.get(CTRLR0) === QUAD_READS &&
      this.registers.get(SPI_CTRLR0) === CONTINUED_READS;
    const shown = reads ? this.whole : this.poison;
    Object.assign(this.rp2040, { flash: shown, flashView: new DataView(shown.buffer) });
  }

  private change(offset: number, bytes: Uint8Array): void {
    this.content.set(bytes, offset);
    this.whole.set(bytes, offset);
    this.work = undefined;
    this.memory.changed(offset, bytes.length);
  }
}
