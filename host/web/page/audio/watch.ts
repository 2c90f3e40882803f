/** A microphone that is not muted is never silent for so long: its own noise is more than a bit. */
const ZEROS_SECONDS = 3;

const PAUSED =
  'The browser has paused the sound; a call or another program may have taken the microphone. Click anywhere on this page to go on.';
const MUTED =
  'The browser or the system has muted the microphone. Unmute it there or on the device, or choose another one.';
const ZEROS = `Nothing but zeros for ${ZEROS_SECONDS} s: is the microphone muted? Unmute it, raise its level in the system settings, or choose another one.`;

/**
 * Notices when a microphone that is open gives no sound for now: the context is suspended or interrupted, the track is
 * muted, or all samples are zero. Starts a context that stands still again whenever the user returns to the page.
 */
export class SoundWatch {
  private zeroSeconds = 0;
  private told: string | null = null;
  private readonly ended = new AbortController();

  /** @param onTrouble gets what is wrong and what to do, and null once there is sound again */
  constructor(
    private readonly context: AudioContext,
    private readonly track: MediaStreamTrack,
    private readonly onTrouble: (trouble: string | null) => void,
  ) {
    const { signal } = this.ended;
    context.addEventListener('statechange', () => this.stateChanged(), { signal });
    for (const event of ['mute', 'unmute']) track.addEventListener(event, () => this.tell(), { signal });
    for (const event of ['click', 'keydown']) window.addEventListener(event, () => this.revive(), { signal });
    document.addEventListener('visibilitychange', () => this.revive(), { signal });
    this.stateChanged();
  }

  /** Takes how long nothing but zeros has come, in seconds. */
  heard(zeroSeconds: number): void {
    this.zeroSeconds = zeroSeconds;
    this.tell();
  }

  close(): void {
    this.ended.abort();
  }

  private stateChanged(): void {
    this.zeroSeconds = 0;
    this.revive();
    this.tell();
  }

  private revive(): void {
    // It fails while the microphone is taken away, which the user has been told.
    if (!this.running && !document.hidden) this.context.resume().catch(() => this.tell());
  }

  private get running(): boolean {
    return this.context.state === 'running';
  }

  private tell(): void {
    if (this.ended.signal.aborted) return;
    const trouble = this.trouble();
    if (trouble !== this.told) this.onTrouble(trouble);
    this.told = trouble;
  }

  private trouble(): string | null {
    if (!this.running) return PAUSED;
    if (this.track.muted) return MUTED;
    return this.zeroSeconds >= ZEROS_SECONDS ? ZEROS : null;
  }
}
