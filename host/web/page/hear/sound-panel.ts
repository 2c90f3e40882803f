import { SAMPLE_RATE_HZ } from '../../../core/audio/index.js';
import { RecordingError } from '../../../core/error.js';
import { clockText, countText, percentText } from '../../../core/text/index.js';
import { MicrophoneError } from '../audio/capture.js';
import { type Microphone, microphones, openMicrophone } from '../audio/microphone.js';
import { openRecording, type PageRecording } from '../audio/recording.js';
import { byId, make, sayFault } from '../element.js';
import type { Session } from '../session.js';

/** If samples from a microphone wait longer than this, the machine cannot keep up. */
const LATE_MS = 1500;
/** Seconds of a recording that are processed before the page can draw and react to buttons again. */
const SLICE_SECONDS = 0.5;
const SILENT_DB = -60;

type Source =
  | { readonly kind: 'microphone'; readonly microphone: Microphone }
  | { readonly kind: 'recording'; readonly recording: PageRecording };

/** Lets the user choose a microphone or a recording, and feeds the sound to a session. */
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
  private session: Session | null = null;
  /** Whether a recording is being heard, which may take minutes. */
  private hearing = false;
  /** What keeps the microphone from being heard, and how far the machine is behind it. */
  private trouble: string | null = null;
  private lag: string | null = null;
  /** Counts the starts, so that an earlier one notices that it was replaced. */
  private turn = 0;

  /** @param begin makes a session for sound at this rate, which replaces the previous one */
  constructor(private readonly begin: (sampleRateHz: number) => Session) {
    const file = byId('recording-file', 'input');
    this.open.addEventListener('click', () => file.click());
    file.addEventListener('change', () => {
      if (file.files?.[0] !== undefined) void this.openRecording(file.files[0]);
      file.value = '';
    });
    this.listen.addEventListener('click', () => {
      if (this.source?.kind === 'microphone') this.stop('Stopped.');
      else if (this.hearing) this.stop(`Stopped after ${clockText(this.session?.soundMs ?? 0)}.`);
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
    if (this.source?.kind === 'microphone') this.session = this.begin(this.source.microphone.sampleRateHz);
    else if (this.source?.kind === 'recording') void this.hear(this.source.recording);
    else this.begin(SAMPLE_RATE_HZ);
  }

  /** Shows how loud the microphone's sound is. */
  showLevel(): void {
    const listening = this.source?.kind === 'microphone';
    const running = listening ? (this.session?.level ?? 0) : 0;
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

  private async openMicrophone(): Promise<void> {
    this.stop('Waiting for the microphone…');
    const turn = this.turn;
    try {
      const microphone = await openMicrophone(
        {
          onSamples: (samples, lagMs) => {
            // not before there is a session at the microphone's rate
            if (this.source?.kind !== 'microphone') return;
            this.session?.push(samples);
            this.showTrouble(this.trouble, lagMs);
          },
          onTrouble: (trouble) => this.showTrouble(trouble, 0),
          onEnd: (error) => {
            this.stop('');
            sayFault(this.fault, error);
          },
        },
        this.select.value,
      );
      if (turn !== this.turn) return microphone.stop();
      this.source = { kind: 'microphone', microphone };
      this.session = this.begin(microphone.sampleRateHz);
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
    const session = this.begin(sampleRateHz);
    this.session = session;
    this.hearing = true;
    this.showListening(true);
    // the progress changes many times a second: a screen reader announces only the end
    this.note.ariaBusy = 'true';
    try {
      for await (const slice of slicesOf(recording.pieces(), Math.ceil(SLICE_SECONDS * sampleRateHz))) {
        // stopped while the file was being read
        if (turn !== this.turn) return;
        session.push(slice);
        const progress = recording.progress();
        const share = progress < 1 ? `, ${percentText(progress, 0)} of the file` : '';
        this.note.textContent = `${name}: ${clockText(session.soundMs)}${share}`;
        await new Promise((resolve) => setTimeout(resolve));
      }
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      if (turn !== this.turn) return;
      this.stop(`${name}: ${clockText(session.soundMs)} heard before the fault.`);
      sayFault(this.fault, `${error.message}.`);
      return;
    }
    if (turn !== this.turn) return;
    session.end();
    this.hearing = false;
    this.showListening(false);
    this.note.ariaBusy = 'false';
    this.note.textContent = `${name}: ${clockText(session.soundMs)} heard.`;
  }

  private stop(note: string): void {
    this.turn++;
    if (this.source?.kind === 'microphone') this.source.microphone.stop();
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

  private showTrouble(trouble: string | null, lagMs: number): void {
    const seconds = (lagMs / 1000).toFixed(1);
    const lag =
      lagMs > LATE_MS
        ? `This machine is ${seconds} s behind the microphone. Choose a smaller model, or close other programs.`
        : null;
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

/** Divides samples that come in pieces of any length into slices of `length`; the last may be shorter. */
async function* slicesOf(pieces: AsyncIterable<Float32Array>, length: number): AsyncGenerator<Float32Array, void> {
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
