import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { CaptureError } from '../../system/index.js';
import { faultText, saysOverrun, saysWrongRate } from './fault.js';
import { pcmSamples } from './pcm.js';
import type { Recorder } from './recorders.js';
import type { SampleSource } from './source.js';

/** Lines of the recorder's stderr that are kept to explain why it ended. */
const LINES_KEPT = 20;
/** A microphone that delivers nothing for this long has been unplugged or hangs. */
const SILENT_MS = 10_000;
const SILENT = `delivers no samples for ${SILENT_MS / 1000} s: plug the microphone in again, or name another with --device`;

/** How long a recorder may take to end. */
const PATIENCE_MS = 1000;

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** Records with a program as a child process until `close`. If the program ends before that, this is always a fault. */
export class RecorderProcess implements SampleSource {
  readonly name: string;
  private readonly child: Child;
  private readonly lines: string[] = [];
  private readonly ended: Promise<string>;
  private readonly killOnExit = (): void => void this.child.kill('SIGKILL');
  private closed = false;
  private fault: string | null = null;

  constructor(
    private readonly recorder: Recorder,
    private readonly device: string | undefined,
    private readonly onWarning: (text: string) => void = () => {},
  ) {
    this.name = device === undefined ? `microphone (${recorder.name})` : `${device} (${recorder.name})`;
    // Its messages are parsed, so they must be in English.
    const env = { ...process.env, LC_ALL: 'C' };
    this.child = spawn(recorder.name, recorder.record(device), { stdio: ['ignore', 'pipe', 'pipe'], env });
    process.once('exit', this.killOnExit);
    this.ended = new Promise((resolve) => {
      this.child.once('error', (error) => resolve(`cannot be started: ${error.message}`));
      this.child.once('close', (code, signal) => {
        resolve(signal === null ? `ended with code ${code}` : `was ended by ${signal}`);
      });
    });
    this.readLines();
  }

  private readLines(): void {
    let rest = '';
    this.child.stderr.setEncoding('utf8');
    this.child.stderr.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.readLine(line);
    });
    this.child.stderr.on('end', () => this.readLine(rest));
  }

  private readLine(line: string): void {
    this.lines.push(line);
    if (this.lines.length > LINES_KEPT) this.lines.shift();
    if (saysOverrun(line)) this.onWarning(`${this.recorder.name}: ${line.trim()}: samples were lost`);
    if (saysWrongRate(line)) this.stop('delivers another sample rate');
  }

  /** Ends the recorder for a reason that is not the caller's. */
  private stop(fault: string): void {
    if (this.fault !== null) return;
    this.fault = fault;
    this.terminate();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Int16Array> {
    let heard = false;
    let timer = setTimeout(() => this.stop(SILENT), SILENT_MS);
    try {
      // A recorder that is ended may stop within a sample, which is not the fault to report.
      for await (const samples of pcmSamples(this.child.stdout, this.name, true)) {
        clearTimeout(timer);
        if (this.closed || this.fault !== null) break;
        heard = true;
        yield samples;
        timer = setTimeout(() => this.stop(SILENT), SILENT_MS);
      }
      clearTimeout(timer);
      if (this.closed) return;
      const how = await this.ended;
      throw new CaptureError(faultText(this.recorder.name, this.device, this.lines, this.fault ?? how, heard));
    } finally {
      clearTimeout(timer);
      this.close();
    }
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    // A program that the recorder started may keep both streams open after the recorder has ended.
    this.child.stdout.destroy();
    this.child.stderr.destroy();
    this.terminate();
  }

  /** Ends the recorder; if it ignores that for a second, kills it and says so. */
  private terminate(): void {
    const { pid, exitCode, signalCode } = this.child;
    if (pid === undefined || exitCode !== null || signalCode !== null) {
      process.off('exit', this.killOnExit);
      return;
    }
    const kill = setTimeout(() => {
      this.child.kill('SIGKILL');
      this.onWarning(`${this.recorder.name}: did not end when it was told to, and was killed`);
    }, PATIENCE_MS);
    this.child.once('exit', () => {
      clearTimeout(kill);
      process.off('exit', this.killOnExit);
    });
    this.child.kill('SIGTERM');
  }
}
