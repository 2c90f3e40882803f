import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { packagePath } from '../host/system/package-files.js';

/** Where PyTorch may be: Debian's python3-torch is seen by /usr/bin/python3 only. */
const PYTHONS = ['python3', '/usr/bin/python3'];

/** bench/peers/torch_step.py: takes steps when it is asked to and says how long they took. */
export class TorchPeer {
  private constructor(
    private readonly process: ChildProcessWithoutNullStreams,
    private readonly lines: AsyncIterator<string>,
    readonly version: string,
  ) {}

  /** A peer that is warm and waits, or null where no Python has PyTorch. */
  static async start(threads: number): Promise<TorchPeer | null> {
    for (const python of PYTHONS) {
      const script = packagePath('bench/peers/torch_step.py');
      const process = spawn(python, [script, '--threads', String(threads)]);
      const missing = new Promise<null>((resolve) => process.once('error', () => resolve(null)));
      // A peer without PyTorch ends at once, and its input is closed.
      process.stdin.on('error', () => undefined);
      const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
      const first = await Promise.race([missing, lines.next()]);
      if (first === null || first.done === true) continue;
      return new TorchPeer(process, lines, (JSON.parse(first.value) as { torch: string }).torch);
    }
    return null;
  }

  /** Milliseconds of the median of `steps` steps. */
  async step(steps: number): Promise<number> {
    this.process.stdin.write(`${steps}\n`);
    const line = await this.lines.next();
    return (JSON.parse(line.value) as { msPerStep: number }).msPerStep;
  }

  stop(): void {
    this.process.stdin.end();
  }
}
