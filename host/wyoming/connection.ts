import { SAMPLES_PER_MS } from '../core/audio/index.js';
import type { Detection } from '../core/detection/index.js';
import { DetectionError } from '../core/error.js';
import type { Listener } from '../detection/index.js';
import { encodeEvent, type WyomingEvent } from './events.js';
import { SoundConverter, type SoundFormat, soundFormat } from './sound.js';

/** What detects the words of one stream. `end` is called when no more sound comes. */
export interface WordListener extends Pick<Listener, 'push'> {
  end(): void;
}

/** The words that a service detects, and how. */
export interface WakeService {
  /** Words that a client may ask for. */
  readonly words: readonly string[];
  /** The answer to `describe`. */
  readonly info: Readonly<Record<string, unknown>>;
  /**
   * Begins a stream that listens for some of the words. Throws `DetectionError` where that is not possible now, as when
   * a board is listening for another client.
   */
  begin(words: readonly string[]): Promise<WordListener>;
}

/** A stream of sound of one client. */
interface Stream {
  readonly converter: SoundConverter;
  readonly listener: WordListener;
  /** Samples at 16 kHz so far. */
  samples: number;
  detected: boolean;
}

/** Sound before and after such a pause between two chunks does not belong together. */
const PAUSE_MS = 2000;

/**
 * The state of one client. It belongs to the connection alone: clients come and go, ask for different words at the same
 * time, and each hears its word again and again, until it disconnects.
 */
export class WyomingConnection {
  private words: readonly string[];
  private stream: Stream | null = null;
  /** The error that was sent last; each chunk of sound may have the same one. */
  private fault: string | null = null;
  private pause: NodeJS.Timeout | undefined;

  constructor(
    private readonly service: WakeService,
    /** Sends bytes to the client. */
    private readonly send: (bytes: Uint8Array) => void,
    /** Is told of every detection. */
    private readonly onDetection: (word: string, detection: Detection) => void = () => {},
    /** Is told of every error that is sent. */
    private readonly onFault: (fault: string) => void = () => {},
  ) {
    this.words = service.words;
  }

  /** Handles the next event of the client; only one may be handled at a time. Throws what the listener throws. */
  async handle({ type, data, payload }: WyomingEvent): Promise<void> {
    switch (type) {
      case 'describe':
        return this.send(encodeEvent('info', this.service.info));
      case 'ping':
        return this.send(encodeEvent('pong', { text: data.text ?? null }));
      case 'detect':
        return this.detect(data.names);
      case 'audio-start':
        return this.start(data);
      case 'audio-chunk':
        return this.hear(data, payload);
      case 'audio-stop':
        if (this.stream !== null && !this.stream.detected) this.send(encodeEvent('not-detected'));
        return this.end();
      default:
      // as the protocol says, events that one does not know are dropped
    }
  }

  /** Ends the stream: more sound begins another one. */
  end(): void {
    clearTimeout(this.pause);
    this.stream?.listener.end();
    this.stream = null;
  }

  private fail(text: string, code: string): void {
    if (this.fault === text) return;
    this.fault = text;
    this.onFault(text);
    this.send(encodeEvent('error', { text, code }));
  }

  private detect(names: unknown): void {
    this.end();
    this.fault = null;
    this.words = this.service.words;
    if (names === null || names === undefined) return;
    const list = Array.isArray(names) ? names : [names];
    const unknown = list.filter((name) => !this.service.words.includes(name as string));
    if (unknown.length > 0) {
      this.fail(
        `unknown word ${unknown.join(', ')}; this service knows ${this.service.words.join(', ')}`,
        'unknown-word',
      );
    }
    this.words = list.filter((name) => !unknown.includes(name));
    // an empty list means any word, as in the reference implementation
    if (list.length === 0) this.words = this.service.words;
  }

  private async start(data: WyomingEvent['data']): Promise<void> {
    this.end();
    const format = soundFormat(data);
    if (typeof format === 'string') this.fail(`audio-start: ${format}`, 'bad-format');
    else await this.begin(format);
  }

  private async begin(format: SoundFormat): Promise<Stream | null> {
    this.end();
    if (this.words.length === 0) return null;
    try {
      const listener = await this.service.begin(this.words);
      this.stream = { converter: new SoundConverter(format), listener, samples: 0, detected: false };
      return this.stream;
    } catch (error) {
      if (!(error instanceof DetectionError)) throw error;
      this.fail(error.message, 'cannot-listen');
      return null;
    }
  }

  private async hear(data: WyomingEvent['data'], payload: Uint8Array): Promise<void> {
    const format = soundFormat(data);
    if (typeof format === 'string') return this.fail(`audio-chunk: ${format}`, 'bad-format');
    const current = this.stream;
    const stream = current?.converter.takes(format) ? current : await this.begin(format);
    if (stream === null) return;
    this.fault = null;
    clearTimeout(this.pause);
    const before = stream.samples;
    const samples = stream.converter.push(payload);
    stream.samples += samples.length;
    const timestamp = typeof data.timestamp === 'number' ? data.timestamp : null;
    for (const detection of await stream.listener.push(samples)) {
      stream.detected = true;
      // when in the client's time; without one, in that of the stream
      const ms = Math.max(0, detection.sample - before) / SAMPLES_PER_MS;
      const at = timestamp === null ? detection.sample / SAMPLES_PER_MS : timestamp + ms;
      this.send(encodeEvent('detection', { name: detection.word, timestamp: Math.round(at) }));
      this.onDetection(detection.word, detection);
    }
    // from the end of the work on: a slow listener is no pause. Who sends nothing for so long may be gone without a
    // word, and must not keep a board.
    if (this.stream === stream) this.pause = setTimeout(() => this.end(), PAUSE_MS).unref();
  }
}
