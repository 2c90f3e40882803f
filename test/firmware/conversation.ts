import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';

/** Far longer than any answer takes: a board that is silent for this long hangs. */
const HANGS_MS = 20_000;

/** Exchanges lines with a board whose serial port is a Unix socket. */
export class Conversation {
  private heard = '';

  private constructor(
    private readonly server: Server,
    private readonly socket: Socket,
  ) {
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.heard += text;
      socket.emit('heard');
    });
  }

  /** Listens at `path` while `boot` starts a board that connects to it. */
  static async open(path: string, boot: () => Promise<void>): Promise<Conversation> {
    rmSync(path, { force: true });
    const server = createServer().listen(path);
    await once(server, 'listening');
    const connected = once(server, 'connection', { signal: AbortSignal.timeout(HANGS_MS) });
    await boot();
    const [socket] = (await connected) as [Socket];
    return new Conversation(server, socket);
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** Returns the text up to and including the first line that begins with `end`. */
  async until(end: string): Promise<string> {
    const pattern = new RegExp(`^${end}.*\n`, 'm');
    for (;;) {
      const found = pattern.exec(this.heard);
      if (found !== null) {
        const text = this.heard.slice(0, found.index + found[0].length);
        this.heard = this.heard.slice(text.length);
        return text;
      }
      await once(this.socket, 'heard', { signal: AbortSignal.timeout(HANGS_MS) }).catch((cause) => {
        throw new Error(`no line ${end} came; heard ${JSON.stringify(this.heard)}`, { cause });
      });
    }
  }

  /** Sends letters and returns the number that answers each. */
  async numbers(letters: string): Promise<number[]> {
    const answers: number[] = [];
    for (const letter of letters) {
      this.send(letter);
      answers.push(Number(await this.until('\\d')));
    }
    return answers;
  }

  close(): void {
    this.socket.destroy();
    this.server.close();
  }
}
