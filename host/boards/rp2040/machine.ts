import { BasePeripheral, type Logger, type RP2040, RPPIO, Simulator } from 'rp2040js';
import { FlashChip, type FlashMemory } from './flash-chip.js';
import { connectMicrophone } from './i2s-microphone.js';
import { Rom } from './rom.js';
import { UsbHost } from './usb-host.js';

const SSI = 0x18000;
const ROSC = 0x40060;
const RANDOMBIT = 0x1c;
const RESETS = 0x4000c;
const RESET = 0;
const RESET_DONE = 8;
const RESET_DMA = 1 << 2;
const RESET_PIO0 = 1 << 10;
const PIO0 = 0x50200;
const PIO0_IRQ0 = 7;
const WATCHDOG = 0x40058;
const NANOS_PER_CYCLE = 8;
const RAM = 0x20000000;
const HARD_FAULT = 3;
const LED = 25;

export interface MachineOptions {
  readonly flash: FlashMemory;
  /** Bytes that the board sends. */
  onBytes(bytes: Uint8Array): void;
  /** The computer has opened the board's serial port, after power-on or a restart. */
  onOpen?(): void;
  /** The next int16 sample that the microphone hears; default: silence. */
  readonly sample?: () => number;
  /** One random bit, for the ring oscillator; default: Math.random. */
  readonly randomBit?: () => number;
}

/** What rp2040js has of the watchdog, but does not export. */
interface Watchdog {
  onWatchdogTrigger: () => void;
  readonly timer: { enable: boolean };
}

/** The ring oscillator, of which the firmware reads a random bit. */
class RingOscillator extends BasePeripheral {
  constructor(
    chip: RP2040,
    private readonly randomBit: () => number,
  ) {
    super(chip, 'ROSC');
  }
  override readUint32(offset: number): number {
    return offset === RANDOMBIT ? this.randomBit() : 0;
  }
}

/** Resets DMA and PIO, which rp2040js keeps as they are; the firmware leaves nothing else running. */
class Resets extends BasePeripheral {
  private held = 0;
  override readUint32(offset: number): number {
    return offset === RESET_DONE ? ~this.held >>> 0 : this.held;
  }
  override writeUint32(offset: number, value: number): void {
    if (offset !== RESET) return;
    const released = this.held & ~value;
    this.held = value;
    const { dma } = this.rp2040;
    if (released & RESET_DMA) {
      for (const channel of dma.channels) {
        channel.abort();
        channel.reset();
      }
      for (const register of [0x404, 0x414]) dma.writeUint32(register, 0);
      dma.writeUint32Atomic(0x40c, 0xffff, 0);
    }
    if (released & RESET_PIO0) {
      const pio = new RPPIO(this.rp2040, 'PIO0', PIO0_IRQ0, 0);
      pacePio(pio);
      this.rp2040.pio[0] = pio;
      this.rp2040.peripherals[PIO0] = pio;
    }
  }
}

/** rp2040js runs PIO by itself, as fast as it can; here the machine does it, at the speed of its clock. */
function pacePio(pio: RPPIO): void {
  pio.run = () => {};
}

/**
 * A Raspberry Pi Pico: rp2040js with what it lacks to boot the very image that a board gets. That is the boot ROM and
 * the flash chip, a USB host, an I2S microphone, PIO at the speed of its clock, and faults: an access outside memory,
 * or one that is not aligned, raises an exception, and a fault that finds no room on the stack stops the processor
 * until the watchdog restarts it. Time is the chip's, in cycles of 8 ns: nothing depends on the computer.
 */
export class Rp2040Machine {
  private simulator!: Simulator;
  private rom!: Rom;
  private host!: UsbHost;
  private now = 0;
  /** Since the chip's clock began. */
  private pioDue = 0;
  private fault = false;
  private locked = false;
  private restart = false;
  private ramBefore: Uint8Array | undefined;

  constructor(private readonly options: MachineOptions) {
    this.boot();
  }

  private get chip(): RP2040 {
    return this.simulator.rp2040;
  }

  /** Cycles since power-on, restarts included. */
  get cycles(): number {
    return this.now;
  }

  /** Whether the microphone's clocks run. */
  get listens(): boolean {
    return this.runsPio();
  }

  get ledLit(): boolean {
    return this.chip.gpio[LED].outputValue;
  }

  /** What the board has told the computer on USB; undefined before. */
  get description(): UsbHost['description'] {
    return this.host.description;
  }

  /** Sends bytes to the board's serial port. */
  send(bytes: Uint8Array): void {
    this.host.send(bytes);
  }

  get waitingBytes(): number {
    return this.host.waitingBytes;
  }

  /** Cuts the power: what flash was doing is left in its middle. The machine must not run again. */
  cutPower(): void {
    this.rom.cut();
  }

  /** Whether flash is just being erased or programmed. */
  get changesFlash(): boolean {
    return this.rom.busyUntil !== undefined;
  }

  /** Runs for about so many cycles. */
  run(cycles: number): void {
    const end = this.now + cycles;
    while (this.now < end) this.step(end);
  }

  private step(end: number): void {
    const { clock } = this.simulator;
    const { core } = this.chip;
    // rp2040js lets SysTick wait for another interrupt to wake the processor
    if (core.waiting && core.interruptsUpdated && core.checkForInterrupts()) core.waiting = false;
    const spent = this.idle(end) ?? core.executeInstruction();
    this.now += spent;
    clock.tick(spent * NANOS_PER_CYCLE);
    this.stepPio(spent);
    if (this.fault) this.takeFault();
    if (this.restart) this.boot();
  }

  /** The cycles to the next event, if the processor does nothing until then. */
  private idle(end: number): number | undefined {
    const { clock } = this.simulator;
    const { core } = this.chip;
    const busy = this.rom.busyUntil;
    const asleep = core.waiting || this.locked || (busy !== undefined && busy > this.now && !core.interruptsUpdated);
    if (!asleep) return undefined;
    const alarm = Math.ceil(clock.nanosToNextAlarm / NANOS_PER_CYCLE) || 1;
    const pio = this.runsPio() ? Math.ceil(this.pioDue) : alarm;
    return Math.max(1, Math.min(alarm, pio, end - this.now, busy === undefined ? end : busy - this.now));
  }

  private runsPio(): boolean {
    return this.chip.pio[0].machines[0].enabled;
  }

  private stepPio(spent: number): void {
    if (!this.runsPio()) return;
    const [pio] = this.chip.pio;
    const { clockDivInt, clockDivFrac } = pio.machines[0];
    this.pioDue -= spent;
    while (this.pioDue <= 0) {
      pio.step();
      this.pioDue += clockDivInt + clockDivFrac / 256;
    }
  }

  private takeFault(): void {
    this.fault = false;
    const { core, sram } = this.chip;
    if (this.locked) return;
    // the exception's frame must fit in RAM, and a fault in the fault's handler is the end
    const room = core.SP - 32 >= RAM && core.SP <= RAM + sram.length;
    if (!room || core.IPSR === HARD_FAULT) this.locked = true;
    else core.exceptionEntry(HARD_FAULT);
    core.waiting = false;
  }

  private boot(): void {
    this.restart = false;
    this.fault = false;
    this.locked = false;
    this.pioDue = 0;
    this.simulator = new Simulator();
    const { chip } = this;
    chip.logger = this.logger();
    if (this.ramBefore !== undefined) chip.sram.set(this.ramBefore);
    this.ramBefore = chip.sram;
    const flash = new FlashChip(chip, this.options.flash);
    chip.peripherals[SSI] = flash;
    chip.peripherals[ROSC] = new RingOscillator(chip, this.options.randomBit ?? (() => Math.round(Math.random())));
    this.rom = new Rom(chip, flash, () => this.now);
    this.host = new UsbHost(chip.usbCtrl, this.options.onBytes, () => this.options.onOpen?.());
    connectMicrophone(chip, this.options.sample ?? (() => 0));
    chip.peripherals[RESETS] = new Resets(chip, 'RESETS');
    pacePio(chip.pio[0]);
    this.watchAccesses(chip);
    chip.onBreak = (number) => {
      if (!this.rom.breakpoint(number)) this.fault = true;
    };
    const watchdog = chip.peripherals[WATCHDOG] as unknown as Watchdog;
    watchdog.onWatchdogTrigger = () => {
      // otherwise it triggers again at once, and for ever
      watchdog.timer.enable = false;
      this.restart = true;
    };
    this.rom.start();
  }

  /** The processor of an RP2040 has no unaligned accesses; rp2040js lets some pass. */
  private watchAccesses(chip: RP2040): void {
    const { core } = chip;
    const aligned = (address: number, size: number): void => {
      if ((address & (size - 1)) !== 0) this.fault = true;
    };
    core.readUint16 = (address) => {
      aligned(address, 2);
      return chip.readUint16(address);
    };
    core.writeUint16 = (address, value) => {
      aligned(address, 2);
      chip.writeUint16(address, value);
    };
    core.writeUint32 = (address, value) => {
      aligned(address, 4);
      chip.writeUint32(address, value);
    };
  }

  /** rp2040js tells of accesses outside memory only in its log. */
  private logger(): Logger {
    const hear = (component: string, message: string): void => {
      if (component === 'RP2040' && /invalid memory|undefined address|not 32 bit aligned/.test(message))
        this.fault = true;
    };
    return { debug: () => {}, info: () => {}, warn: hear, error: hear };
  }
}
