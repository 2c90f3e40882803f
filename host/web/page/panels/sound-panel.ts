import { SAMPLE_RATE_HZ } from '../../../core/audio/index.js';
import { clockText, countText } from '../../../core/text/index.js';
import { type Microphone, MicrophoneError, microphones, openMicrophone } from '../audio/microphone.js';
import { type Recording, readRecording } from '../audio/recording.js';
import { byId, make, sayFault } from '../element.js';
import type { Session } from '../session.js';

/** Samples from a microphone that wait longer than this will soon wait for ever. */
const LATE_MS = 1500;
/** Sound of a recording between two looks at the screen and the buttons. */
const SLICE_SECONDS = 0.5;
const SILENT_DB = -60;

type Source =
  | { readonly kind: 'microphone'; readonly microphone: Microphone }
  | { readonly kind: 'recording'; readonly name: string; readonly recording: Recording };

/** Chooses the sound, a microphone or a recording, and feeds it to a session. */
export class SoundPanel {
  private readonly listen = byId('listen', 'button');
  private readonly open = byId('open-recording', 'button');
  private readonly select = byId('microphone', 'select');
  private readonly note = byId('sound-note', 'p');
  private readonly fault = byId('sound-fault', 'p');
  private readonly meter = byId('level', 'meter');
  private readonly meterText = byId('level-text', 'span');
  private source: Source | null = null;
  /** A recording can be dropped before there is anything to hear it. */
  private hasModel = false;
  private session: Session | null = null;
  /** Whether it is said that samples wait. */
  private late = false;
  /** Counts what was begun, so that what was begun before knows that it is over. */
  private turn = 0;

  /** @param begin makes a session for sound of a rate, in place of the one before */
  constructor(private readonly begin: (sampleRateHz: number) => Session) {
    const file = byId('recording-file', 'input');
    this.open.addEventListener('click', () => file.click());
    file.addEventListener('change', () => {
      if (file.files?.[0] !== undefined) void this.openRecording(file.files[0]);
      file.value = '';
    });
    this.listen.addEventListener('click', () => {
      if (this.source?.kind === 'microphone') this.stop('Stopped.');
      else void this.openMicrophone();
    });
    this.select.addEventListener('change', () => {
      if (this.source?.kind === 'microphone') void this.openMicrophone();
    });
    navigator.mediaDevices?.addEventListener('devicechange', () => void this.listMicrophones());
  }

  /** A model is there: sound can be heard; what is playing goes through the new one from here on. */
  modelChanged(): void {
    this.hasModel = true;
    sayFault(this.fault, null);
    this.listen.disabled = false;
    this.open.disabled = false;
    if (this.source?.kind === 'microphone') this.session = this.begin(this.source.microphone.sampleRateHz);
    else if (this.source?.kind === 'recording') void this.hear(this.source.name, this.source.recording);
    else this.begin(SAMPLE_RATE_HZ);
  }

  /** Shows how loud it is. */
  showLevel(): void {
    const listening = this.source?.kind === 'microphone';
    const running = listening ? (this.session?.level ?? 0) : 0;
    const db = Math.max(SILENT_DB, 20 * Math.log10(Math.max(running, 1e-9)));
    this.meter.value = db;
    this.meterText.textContent = !listening ? 'off' : db <= SILENT_DB ? 'silent' : `${db.toFixed(0)} dB`;
  }

  /** Reads a WAV file and hears all of it, as fast as this machine can. */
  async openRecording(file: File): Promise<void> {
    if (!this.hasModel) {
      sayFault(this.fault, `${file.name}: there is no model to hear it. Choose or open a model first.`);
      return;
    }
    let recording: Recording;
    try {
      recording = readRecording(new Uint8Array(await file.arrayBuffer()), file.name);
    } catch (error) {
      sayFault(this.fault, `${(error as Error).message}. Open a WAV file of PCM or 32-bit float samples.`);
      return;
    }
    this.stop('');
    await this.hear(file.name, recording);
  }

  /** Says here what was dropped and is nothing that the page reads. */
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
            this.session?.push(samples);
            this.showLag(lagMs);
          },
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

  private async hear(name: string, { samples, sampleRateHz }: Recording): Promise<void> {
    const turn = ++this.turn;
    this.source = { kind: 'recording', name, recording: { samples, sampleRateHz } };
    const session = this.begin(sampleRateHz);
    this.session = session;
    const slice = Math.ceil(SLICE_SECONDS * sampleRateHz);
    // how far it is changes many times a second: a screen reader is told the end
    this.note.ariaBusy = 'true';
    for (let at = 0; at < samples.length; at += slice) {
      this.note.textContent = `${name}: ${clockText((at / sampleRateHz) * 1000)} of ${clockText((samples.length / sampleRateHz) * 1000)}`;
      session.push(samples.subarray(at, at + slice));
      await new Promise((resolve) => setTimeout(resolve));
      if (turn !== this.turn) return;
    }
    session.end();
    this.note.ariaBusy = 'false';
    this.note.textContent = `${name}: ${clockText(session.soundMs)} heard.`;
  }

  private stop(note: string): void {
    this.turn++;
    if (this.source?.kind === 'microphone') this.source.microphone.stop();
    this.source = null;
    this.showListening(false);
    this.note.ariaBusy = 'false';
    this.note.textContent = note;
    sayFault(this.fault, null);
  }

  /**
   * The button is named for what it does next. It is no toggle for a screen reader: “Stop, pressed” would mean the
   * opposite.
   */
  private showListening(listening: boolean): void {
    this.listen.textContent = listening ? 'Stop' : 'Listen';
    this.listen.classList.toggle('stop', listening);
  }

  private showLag(lagMs: number): void {
    if (lagMs > LATE_MS) {
      const seconds = (lagMs / 1000).toFixed(1);
      sayFault(
        this.fault,
        `This machine is ${seconds} s behind the microphone: choose a smaller model, or close what else is running.`,
      );
    } else if (this.late) sayFault(this.fault, null);
    this.late = lagMs > LATE_MS;
  }

  private async listMicrophones(): Promise<void> {
    const chosen = this.select.value;
    const devices = await microphones();
    if (devices.length === 0) return;
    const usual = make('option', { value: '' }, 'Usual microphone');
    const others = devices
      .filter(({ deviceId }) => deviceId !== 'default')
      .map(({ deviceId, label }) => make('option', { value: deviceId }, label));
    this.select.replaceChildren(usual, ...others);
    this.select.value = devices.some(({ deviceId }) => deviceId === chosen) ? chosen : '';
  }
}
