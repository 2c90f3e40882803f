import { FULL_SCALE, SAMPLE_RATE_HZ } from '../../../core/audio/index.js';

let context: AudioContext | null = null;
let playing: AudioBufferSourceNode | null = null;

/** Plays samples, int16 at 16 kHz, instead of what is being played. Without a loudspeaker nothing happens. */
export function playSound(samples: Int16Array): void {
  stopSound();
  context ??= new AudioContext();
  const buffer = new AudioBuffer({ length: samples.length, sampleRate: SAMPLE_RATE_HZ });
  buffer.copyToChannel(
    Float32Array.from(samples, (sample) => sample / FULL_SCALE),
    0,
  );
  playing = new AudioBufferSourceNode(context, { buffer });
  playing.connect(context.destination);
  playing.start();
  context.resume().catch(stopSound);
  playing.onended = () => void context?.suspend();
}

export function stopSound(): void {
  if (playing !== null) playing.onended = null;
  playing?.stop();
  playing = null;
}
