import { SAMPLE_RATE_HZ, toInt16 } from '../../../core/audio/index.js';
import { Random } from '../../../core/random.js';

/** A clip that the board and the page both classify. */
export interface TestClip {
  readonly name: string;
  /** int16 at 16 kHz, one second. */
  readonly samples: Int16Array;
}

/** An arbitrary number. It is fixed, so every comparison uses the same sounds. */
const SEED = 1;

function clip(name: string, sample: (seconds: number, k: number) => number): TestClip {
  const samples = Float32Array.from({ length: SAMPLE_RATE_HZ }, (_, k) => sample(k / SAMPLE_RATE_HZ, k));
  return { name, samples: toInt16(samples) };
}

/**
 * Returns sounds that cover the whole range of the front end: silence, the loudest possible sound, and a sweep through
 * all frequencies.
 */
export function testSounds(): readonly TestClip[] {
  const random = new Random(SEED, 0x736f6e64);
  const sweep = (seconds: number): number => Math.sin(2 * Math.PI * (60 * seconds + 3900 * seconds ** 2));
  return [
    clip('silence', () => 0),
    clip('faint noise', () => 0.001 * random.normal()),
    clip('loud noise', () => 0.3 * random.normal()),
    clip('sweep to 8 kHz', (seconds) => 0.5 * sweep(seconds)),
    clip('full scale square', (seconds) => (Math.sin(2 * Math.PI * 220 * seconds) < 0 ? -1 : 1)),
    clip('clicks', (_, k) => (k % 1600 === 0 ? 0.9 : 0)),
  ];
}
