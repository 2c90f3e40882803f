import { joinSamples, Resampler, rootMeanSquare, SAMPLE_RATE_HZ, toInt16 } from '../../../core/audio/index.js';
import type { Block } from '../audio/block.js';
import type { MicrophoneError } from '../audio/capture.js';
import { type Microphone, openMicrophone } from '../audio/microphone.js';

/** A press of a button comes a little after the beginning of an eager word. */
const BEFORE_SAMPLES = 0.25 * SAMPLE_RATE_HZ;
/** The microphone is released if nothing was recorded for so long. */
const IDLE_MS = 60_000;

/** Records from the microphone that is chosen above. It is opened for the first recording, and released when idle. */
export class Recorder {
  /** Called with what is wrong with the microphone while it is open; null once it is right again. */
  onTrouble: (trouble: string | null) => void = () => {};
  /** Root mean square of the last samples, ±1. */
  level = 0;
  private microphone: Microphone | null = null;
  private opening: Promise<void> | null = null;
  /** The sound just before a recording, and the recording. */
  private before: Int16Array[] = [];
  private taken: Int16Array[] | null = null;
  private idle: number | undefined;

  constructor(private readonly deviceId: () => string) {
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) this.close();
    });
  }

  get isOpen(): boolean {
    return this.microphone !== null;
  }

  /** Opens the microphone. Throws `MicrophoneError`. */
  async open(): Promise<void> {
    window.clearTimeout(this.idle);
    if (this.microphone !== null) return;
    this.opening ??= this.start().finally(() => {
      this.opening = null;
    });
    await this.opening;
  }

  private async start(): Promise<void> {
    const { port1: sound, port2: to } = new MessageChannel();
    const microphone = await openMicrophone(
      {
        to,
        onTrouble: (trouble) => this.onTrouble(trouble),
        onEnd: (error: MicrophoneError) => {
          this.close();
          this.onTrouble(error.message);
        },
      },
      this.deviceId(),
    );
    this.microphone = microphone;
    const resampler = new Resampler(microphone.sampleRateHz);
    let zeros = 0;
    sound.onmessage = ({ data: { samples } }: MessageEvent<Block>) => {
      zeros = samples.every((sample) => sample === 0) ? zeros + samples.length : 0;
      microphone.heard(zeros / microphone.sampleRateHz);
      this.level = rootMeanSquare(samples);
      if (this.microphone === microphone) this.take(toInt16(resampler.push(samples)));
    };
  }

  /** Begins a recording, with what was heard just before. */
  begin(): void {
    this.taken = [...this.before];
  }

  /** Seconds that have been recorded. */
  get seconds(): number {
    return (this.taken ?? []).reduce((sum, { length }) => sum + length, 0) / SAMPLE_RATE_HZ;
  }

  /** Ends a recording, and returns it: int16 at 16 kHz. */
  end(): Int16Array {
    const samples = joinSamples(this.taken ?? []);
    this.taken = null;
    this.before = [];
    window.clearTimeout(this.idle);
    this.idle = window.setTimeout(() => this.close(), IDLE_MS);
    return samples;
  }

  /** Releases the microphone; what was being recorded is lost. */
  close(): void {
    window.clearTimeout(this.idle);
    this.microphone?.stop();
    this.microphone = null;
    this.before = [];
    this.taken = null;
    this.level = 0;
  }

  private take(samples: Int16Array): void {
    if (this.taken !== null) {
      this.taken.push(samples);
      return;
    }
    this.before.push(samples);
    let kept = this.before.reduce((sum, { length }) => sum + length, 0);
    while (kept - this.before[0].length >= BEFORE_SAMPLES) kept -= this.before.shift()!.length;
  }
}
