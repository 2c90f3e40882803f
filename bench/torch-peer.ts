import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { packagePath } from '../host/system/package-files.js';

/** Interpreters that may have PyTorch: only /usr/bin/python3 finds Debian's python3-torch. */
const PYTHONS = ['python3', '/usr/bin/python3'];

/** Runs bench/peers/torch_step.py, which takes steps on request and reports their time. */
export class TorchPeer {
  private constructor(
    private readonly process: ChildProcessWithoutNullStreams,
    private readonly lines: AsyncIterator<string>,
    readonly version: string,
  ) {}

  /** Returns a peer that is warmed up and ready, or null if no Python has PyTorch. */
  static async start(threads: number): Promise<TorchPeer | null> {
    for (const python of PYTHONS) {
      const script = packagePath('bench/peers/torch_step.py');
      const process = spawn(python, [script, '--threads', String(threads)]);
      const missing = new Promise<null>((resolve) => process.once('error', () => resolve(null)));
      // Without PyTorch the script ends at once, and writing to its input fails.
      process.stdin.on('error', () => undefined);
      const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
      const first = await Promise.race([missing, lines.next()]);
      if (first === null || first.done === true) continue;
      return new TorchPeer(process, lines, (JSON.parse(first.value) as { torch: string }).torch);
    }
    return null;
  }

  /** Takes `steps` steps; returns the median in milliseconds. */
  async step(steps: number): Promise<number> {
    this.process.stdin.write(`${steps}\n`);
    const line = await this.lines.next();
    return (JSON.parse(line.value) as { msPerStep: number }).msPerStep;
  }

  stop(): void {
    this.process.stdin.end();
  }
}
