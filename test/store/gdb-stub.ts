import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';

/** GDB's remote serial protocol for breakpoints, with QEMU's stub on a Unix socket. */
export class GdbStub {
  private text = '';
  private ended = false;
  /** Called when more bytes have arrived, or when the connection has ended. */
  private wake = (): void => {};

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.text += text;
      this.wake();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.ended = true;
      this.wake();
    });
  }

  static async connect(path: string): Promise<GdbStub> {
    const socket = createConnection(path);
    await once(socket, 'connect');
    return new GdbStub(socket);
  }

  async setBreakpoint(address: number): Promise<void> {
    await this.expect(`Z0,${address.toString(16)},2`, 'OK');
  }

  async clearBreakpoint(address: number): Promise<void> {
    await this.expect(`z0,${address.toString(16)},2`, 'OK');
  }

  /** Lets the machine continue. */
  go(): void {
    this.send('c');
  }

  /** Stops the machine; `stopped` then resolves. */
  interrupt(): void {
    this.socket.write('\x03', 'latin1');
  }

  /** Resolves when the machine has stopped and all writes to its drives are done. It stops when GDB connects. */
  async atRest(): Promise<void> {
    this.send('?');
    await this.stopped();
  }

  /** Executes one instruction. */
  async step(): Promise<void> {
    this.send('s');
    await this.stopped();
  }

  /** Resolves when the machine stops at a breakpoint; false if the connection ended instead. */
  async stopped(): Promise<boolean> {
    const reply = await this.reply();
    if (reply !== null && !/^[TS]/.test(reply)) throw new Error(`the GDB stub says ${reply} in the place of a stop`);
    return reply !== null;
  }

  close(): void {
    this.socket.destroy();
  }

  private send(command: string): void {
    const sum = Buffer.from(command, 'latin1').reduce((total, byte) => (total + byte) & 0xff, 0);
    this.socket.write(`$${command}#${sum.toString(16).padStart(2, '0')}`, 'latin1');
  }

  private async expect(command: string, wanted: string): Promise<void> {
    this.send(command);
    let reply = await this.reply();
    // a running machine stops at the first packet, and reports that first
    if (reply?.startsWith('T')) reply = await this.reply();
    if (reply !== wanted) throw new Error(`the GDB stub answers ${reply} to ${command}`);
  }

  /** Returns the content of the next packet and acknowledges it; null at the end of the connection. */
  private async reply(): Promise<string | null> {
    for (;;) {
      const packet = /\$([^#]*)#../.exec(this.text);
      if (packet !== null) {
        this.text = this.text.slice(packet.index + packet[0].length);
        this.socket.write('+');
        return packet[1];
      }
      if (this.ended) return null;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}
