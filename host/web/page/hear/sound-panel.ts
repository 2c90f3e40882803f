import { SAMPLE_RATE_HZ } from '../../../core/audio/index.js';
import { RecordingError } from '../../../core/error.js';
import { clockText, countText, percentText } from '../../../core/text/index.js';
import { MicrophoneError } from '../audio/capture.js';
import { type Microphone, microphones, openMicrophone } from '../audio/microphone.js';
import type { PageRecording } from '../audio/recording.js';
import { byId, make, sayFault } from '../element.js';
import { type Example, loadExample } from './examples.js';
import type { Listener, Stream } from './listener.js';
import { playSound, stopSound } from './play-sound.js';

/** If sound waits longer than this, the machine cannot keep up; if news of it does, the page cannot. */
const LATE_MS = 1500;
/** How long that is said: what waited is worked off in one go, before anyone could read it. */
const LATE_SAID_MS = 4000;
/** Seconds of a recording that are processed before the page can draw and react to buttons again. */
const SLICE_SECONDS = 0.5;
const SILENT_DB = -60;

type Source =
  | { readonly kind: 'microphone'; readonly microphone: Microphone }
  | { readonly kind: 'recording'; readonly recording: PageRecording }
  | { readonly kind: 'example'; readonly example: Example };

/** Lets the user choose a microphone, a recording or an example, and has the worker listen to it. */
export class SoundPanel {
  private readonly listen = byId('listen', 'button');
  private readonly open = byId('open-recording', 'button');
  private readonly select = byId('microphone', 'select');
  private readonly note = byId('sound-note', 'p');
  private readonly fault = byId('sound-fault', 'p');
  private readonly meter = byId('level', 'meter');
  private readonly meterText = byId('level-text', 'span');
  private source: Source | null = null;
  /** A recording can be dropped before a model is loaded. */
  private hasModel = false;
  private stream: Stream | null = null;
  /** Whether a recording or an example is being heard, which may take minutes. */
  private hearing = false;
  /** What keeps the microphone from being heard, and how far machine or page are behind it. */
  private trouble: string | null = null;
  private lag: string | null = null;
  /** When that was said last. */
  private lagSaid = Number.NEGATIVE_INFINITY;
  /** Counts the starts, so that an earlier one notices that it was replaced. */
  private turn = 0;

  /** @param begin begins a stream of sound at this rate, which replaces the previous one */
  constructor(
    private readonly listener: Listener,
    private readonly begin: (sampleRateHz: number) => Stream,
  ) {
    const file = byId('recording-file', 'input');
    this.open.addEventListener('click', () => file.click());
    file.addEventListener('change', () => {
      if (file.files?.[0] !== undefined) void this.openRecording(file.files[0]);
      file.value = '';
    });
    this.listen.addEventListener('click', () => {
      if (this.source?.kind === 'microphone') this.stop('Stopped.');
      else if (this.hearing) this.stop(`Stopped after ${clockText(this.stream?.soundMs ?? 0)}.`);
      else void this.openMicrophone();
    });
    this.select.addEventListener('change', () => {
      if (this.source?.kind === 'microphone') void this.openMicrophone();
    });
    navigator.mediaDevices?.addEventListener('devicechange', () => void this.listMicrophones());
  }

  /** Enables the controls once there is a model, and sends the current sound through the new model from now on. */
  modelChanged(): void {
    this.hasModel = true;
    sayFault(this.fault, null);
    this.listen.disabled = false;
    this.open.disabled = false;
    if (this.source?.kind === 'microphone') this.stream = this.begin(this.source.microphone.sampleRateHz);
    else if (this.source?.kind === 'recording') void this.hear(this.source.recording);
    else if (this.source?.kind === 'example') void this.playExample(this.source.example);
  }

  /** Takes news of the current stream. */
  heard(stream: Stream): void {
    const { source } = this;
    if (source?.kind !== 'microphone') return;
    source.microphone.heard(stream.zeroSeconds);
    this.showTrouble(this.trouble, stream);
  }

  /** Shows how loud the sound is. */
  showLevel(): void {
    const listening = this.source?.kind === 'microphone' || this.hearing;
    const running = listening ? (this.stream?.level ?? 0) : 0;
    const db = Math.max(SILENT_DB, 20 * Math.log10(Math.max(running, 1e-9)));
    this.meter.value = db;
    this.meterText.textContent = !listening ? 'off' : db <= SILENT_DB ? 'silent' : `${db.toFixed(0)} dB`;
  }

  /** Reads a recording piece by piece through the model, as fast as this machine can. */
  async openRecording(file: File): Promise<void> {
    if (!this.hasModel) {
      sayFault(this.fault, `${file.name}: no model is loaded. Choose or open a model first.`);
      return;
    }
    let recording: PageRecording;
    try {
      // the decoders are loaded when they are needed
      const { openRecording } = await import('../audio/recording.js');
      recording = await openRecording(file);
    } catch (error) {
      sayFault(this.fault, `${(error as Error).message}.`);
      return;
    }
    this.stop('');
    await this.hear(recording);
  }

  /** Shows why a dropped file cannot be opened. */
  refuse(message: string): void {
    sayFault(this.fault, message);
  }

  /** Plays an example and listens to it. */
  async playExample(example: Example): Promise<void> {
    this.stop('');
    const turn = this.turn;
    let sound: Awaited<ReturnType<typeof loadExample>>;
    try {
      sound = await loadExample(example);
    } catch (error) {
      sayFault(this.fault, error);
      return;
    }
    if (turn !== this.turn) return;
    this.source = { kind: 'example', example };
    this.stream = this.begin(SAMPLE_RATE_HZ);
    this.hearing = true;
    this.showListening(true);
    this.note.textContent = `Playing “${example.word}”, a computer’s voice.`;
    playSound(sound.clip);
    const all = await this.listener.play(sound.samples, sound.from);
    if (!all || turn !== this.turn) return;
    this.hearing = false;
    this.showListening(false);
    this.note.textContent = `Played “${example.word}”, a computer’s voice.`;
  }

  private async openMicrophone(): Promise<void> {
    this.stop('Waiting for the microphone…');
    const turn = this.turn;
    const { port1, port2 } = new MessageChannel();
    try {
      const microphone = await openMicrophone(
        {
          to: port1,
          onTrouble: (trouble) => this.showTrouble(trouble, null),
          onEnd: (error) => {
            this.stop('');
            sayFault(this.fault, error);
          },
        },
        this.select.value,
      );
      if (turn !== this.turn) return microphone.stop();
      this.source = { kind: 'microphone', microphone };
      this.stream = this.begin(microphone.sampleRateHz);
      this.listener.connect(port2);
      this.showListening(true);
      this.note.textContent = `${microphone.name || 'Microphone'}, ${countText(microphone.sampleRateHz)} Hz, heard at ${countText(SAMPLE_RATE_HZ)} Hz.`;
      await this.listMicrophones();
    } catch (error) {
      if (turn !== this.turn) return;
      if (!(error instanceof MicrophoneError)) throw error;
      this.note.textContent = '';
      sayFault(this.fault, error);
    }
  }

  private async hear(recording: PageRecording): Promise<void> {
    const turn = ++this.turn;
    this.source = { kind: 'recording', recording };
    const { name, sampleRateHz } = recording;
    const stream = this.begin(sampleRateHz);
    this.stream = stream;
    this.hearing = true;
    this.showListening(true);
    // the progress changes many times a second: a screen reader announces only the end
    this.note.ariaBusy = 'true';
    try {
      for await (const slice of slicesOf(recording.pieces(), Math.ceil(SLICE_SECONDS * sampleRateHz))) {
        // stopped while the file was being read
        if (turn !== this.turn) return;
        if (!(await this.listener.hear(slice, false)) || turn !== this.turn) return;
        const progress = recording.progress();
        const share = progress < 1 ? `, ${percentText(progress, 0)} of the file` : '';
        this.note.textContent = `${name}: ${clockText(stream.soundMs)}${share}`;
      }
      if (turn !== this.turn || !(await this.listener.hear(new Float32Array(0), true))) return;
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      if (turn !== this.turn) return;
      this.stop(`${name}: ${clockText(stream.soundMs)} heard before the fault.`);
      sayFault(this.fault, `${error.message}.`);
      return;
    }
    if (turn !== this.turn) return;
    this.hearing = false;
    this.showListening(false);
    this.note.ariaBusy = 'false';
    this.note.textContent = `${name}: ${clockText(stream.soundMs)} heard.`;
  }

  private stop(note: string): void {
    this.turn++;
    if (this.source?.kind === 'microphone') this.source.microphone.stop();
    if (this.source?.kind === 'example') stopSound();
    this.listener.stop();
    this.source = null;
    this.hearing = false;
    this.showListening(false);
    this.note.ariaBusy = 'false';
    this.note.textContent = note;
    this.trouble = null;
    this.lag = null;
    sayFault(this.fault, null);
  }

  /**
   * Names the button after what it does next. It is not marked as a toggle: a screen reader would say “Stop, pressed”,
   * which means the opposite.
   */
  private showListening(listening: boolean): void {
    this.listen.textContent = listening ? 'Stop' : 'Listen';
    this.listen.classList.toggle('stop', listening);
  }

  private showTrouble(trouble: string | null, stream: Stream | null): void {
    const now = performance.now();
    const late = stream === null ? null : lagText(stream);
    if (late !== null) this.lagSaid = now;
    const lag = late ?? (now - this.lagSaid < LATE_SAID_MS ? this.lag : null);
    // the place may show another error, which only a change replaces
    if (trouble !== this.trouble || lag !== this.lag) sayFault(this.fault, trouble ?? lag);
    this.trouble = trouble;
    this.lag = lag;
  }

  private async listMicrophones(): Promise<void> {
    const chosen = this.select.value;
    const devices = await microphones();
    if (devices.length === 0) return;
    const usual = make('option', { value: '' }, 'Default microphone');
    const others = devices
      .filter(({ deviceId }) => deviceId !== 'default')
      .map(({ deviceId, label }) => make('option', { value: deviceId }, label));
    this.select.replaceChildren(usual, ...others);
    this.select.value = devices.some(({ deviceId }) => deviceId === chosen) ? chosen : '';
  }
}

/** Says who is behind the microphone, the machine or only the page; null if neither is. */
function lagText({ behindMs, pageBehindMs }: Stream): string | null {
  const seconds = (ms: number): string => (ms / 1000).toFixed(1);
  if (behindMs > LATE_MS) {
    return `This machine is ${seconds(behindMs)} s behind the microphone. Choose a smaller model, or close other programs.`;
  }
  if (pageBehindMs > LATE_MS) {
    return `The page is ${seconds(pageBehindMs)} s behind what it hears; the words are still heard in time. Close other tabs, or choose to see less.`;
  }
  return null;
}

/** Divides samples that come in pieces of any length into slices of `length`; the last may be shorter. */
async function* slicesOf(
  pieces: AsyncIterable<Float32Array>,
  length: number,
): AsyncGenerator<Float32Array<ArrayBuffer>, void> {
  let slice = new Float32Array(length);
  let filled = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + length - filled);
      slice.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < length) continue;
      yield slice;
      slice = new Float32Array(length);
      filled = 0;
    }
  }
  if (filled > 0) yield slice.subarray(0, filled);
}
