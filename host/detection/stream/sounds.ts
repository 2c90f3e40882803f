import { SamplePack, type SamplePackDescriptor, SoundPack, type SoundPackDescriptor } from '../../dataset/index.js';
import type { AmbientPlan } from './ambient-plan.js';
import { renderAmbient } from './ambient-render.js';
import type { StreamPlan } from './plan.js';
import { renderStream } from './render.js';

/** What a thread needs to render dense streams: words in noise. */
export interface DenseSounds {
  readonly pack: SamplePackDescriptor;
  readonly noises: readonly Int16Array[];
  readonly plans: readonly StreamPlan[];
}

/** What a thread needs to render streams of ambient sound. */
export interface AmbientSounds {
  readonly sounds: SoundPackDescriptor;
  readonly plans: readonly AmbientPlan[];
}

export type StreamSounds = DenseSounds | AmbientSounds;

/** Opens the packs of streams. `render` yields the samples of one of them, int16, one second at a time. */
export function openSounds(streams: StreamSounds): {
  readonly render: (stream: number) => Iterable<Int16Array>;
  readonly close: () => void;
} {
  if ('sounds' in streams) {
    const pack = SoundPack.open(streams.sounds);
    return { render: (stream) => renderAmbient(streams.plans[stream], pack), close: () => pack.close() };
  }
  const pack = SamplePack.open(streams.pack);
  return { render: (stream) => renderStream(streams.plans[stream], pack, streams.noises), close: () => pack.close() };
}
