import { SAMPLE_RATE_HZ } from '../audio/index.js';
import type { Random } from '../random.js';
import { LONGEST_RESPONSE } from './convolver.js';

type Point = readonly [x: number, y: number, z: number];

/** A room in the shape of a box, with one corner at the origin, a speaker and a microphone in it. In metres. */
export interface Room {
  readonly size: Point;
  readonly source: Point;
  readonly microphone: Point;
  /** The amplitude that is left after a reflection at any wall, 0 to below 1. */
  readonly reflection: number;
}

const METRES_PER_SECOND = 343;
const SAMPLES_PER_METRE = SAMPLE_RATE_HZ / METRES_PER_SECOND;
/** From a bathroom or a car to a classroom. */
const SIZES: readonly (readonly [low: number, high: number])[] = [
  [1.8, 10],
  [1.5, 8],
  [2.1, 4],
];
/** Seconds until the sound of a room has fallen by 60 dB. */
const RT60 = [0.1, 0.8] as const;
/** Nobody stands closer to a wall, and the microphone is no closer to the mouth, unless a room is too small. */
const LEAST_DISTANCE = 0.3;
/** Below −40 dB, a response is cut off. */
const KEPT_SHARE_OF_RT60 = 2 / 3;
/** Below this frequency, the sum of many positive images is louder than in any room (Allen and Berkley, section II). */
const HIGH_PASS_HZ = 100;

/**
 * Returns the response of a room to a click by the image-source method (Allen and Berkley, JASA 65(4), 1979, Eq. 10):
 * every wall is a mirror, and every mirror image of the source is heard from its own distance, weaker by the
 * reflections on its way. The direct sound is the first sample and has amplitude 1.
 *
 * @param length samples
 */
export function imageResponse({ size, source, microphone, reflection }: Room, length: number): Float64Array {
  const response = new Float64Array(length);
  const direct = distance(source, microphone);
  const farthest = direct + length / SAMPLES_PER_METRE;
  const [alongX, alongY, alongZ] = [0, 1, 2].map((axis) => {
    return imagesAlong(size[axis], source[axis], microphone[axis], farthest);
  });
  const powers = Float64Array.from(
    { length: 1 + [alongX, alongY, alongZ].reduce((sum, { most }) => sum + most, 0) },
    (_, reflections) => reflection ** reflections,
  );
  for (let i = 0; i < alongX.squares.length; i++) {
    for (let j = 0; j < alongY.squares.length; j++) {
      const square = alongX.squares[i] + alongY.squares[j];
      if (square > farthest * farthest) continue;
      const reflections = alongX.reflections[i] + alongY.reflections[j];
      for (let k = 0; k < alongZ.squares.length; k++) {
        const away = Math.sqrt(square + alongZ.squares[k]);
        const delay = Math.round((away - direct) * SAMPLES_PER_METRE);
        if (delay < length) response[delay] += (powers[reflections + alongZ.reflections[k]] * direct) / away;
      }
    }
  }
  return response;
}

/** Images along one axis: the squares of their distances from the microphone, and the reflections on their way. */
interface Images {
  readonly squares: Float64Array;
  readonly reflections: Uint16Array;
  readonly most: number;
}

function imagesAlong(size: number, source: number, microphone: number, farthest: number): Images {
  const images: [square: number, reflections: number][] = [];
  const most = Math.ceil(farthest / (2 * size)) + 1;
  for (let n = -most; n <= most; n++) {
    // as it is, and mirrored at the wall through the origin
    for (const q of [0, 1]) {
      const away = (1 - 2 * q) * source + 2 * n * size - microphone;
      if (Math.abs(away) <= farthest) images.push([away * away, Math.abs(n - q) + Math.abs(n)]);
    }
  }
  return {
    squares: Float64Array.from(images, ([square]) => square),
    reflections: Uint16Array.from(images, ([, reflections]) => reflections),
    most: 2 * most + 1,
  };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** The amplitude that walls reflect in a room with this reverberation time, by Eyring's formula (JASA 1, 1930). */
export function reflectionOf([x, y, z]: Point, rt60: number): number {
  const volume = x * y * z;
  const surface = 2 * (x * y + y * z + z * x);
  const absorption = 1 - Math.exp((-0.161 * volume) / (surface * rt60));
  return Math.sqrt(1 - absorption);
}

/**
 * Returns the response of a room as a microphone hears it, without its lowest tones. The direct sound is the first
 * sample. The energy is 1, so that speech stays about as loud as it was.
 *
 * @param length samples
 */
export function roomResponse(room: Room, length: number): Float64Array {
  const response = highPass(imageResponse(room, length));
  const scale = 1 / Math.sqrt(response.reduce((sum, sample) => sum + sample * sample, 0));
  return response.map((sample) => sample * scale);
}

/**
 * Returns the responses of random rooms, small to large, dull to echoing, with speaker and microphone anywhere in them.
 */
export function roomResponses(count: number, random: Random): Float64Array[] {
  return Array.from({ length: count }, () => {
    const { room, rt60 } = randomRoom(random);
    const length = Math.ceil(rt60 * KEPT_SHARE_OF_RT60 * SAMPLE_RATE_HZ);
    return roomResponse(room, Math.min(LONGEST_RESPONSE, length));
  });
}

function randomRoom(random: Random): { room: Room; rt60: number } {
  const size = SIZES.map((range) => random.logUniform(range)) as unknown as Point;
  const rt60 = random.logUniform(RT60);
  const inside = (): Point =>
    size.map((length) => {
      const margin = Math.min(LEAST_DISTANCE, length / 3);
      return margin + (length - 2 * margin) * random.uniform();
    }) as unknown as Point;
  const source = inside();
  let microphone = inside();
  while (distance(source, microphone) < LEAST_DISTANCE) microphone = inside();
  return { room: { size, source, microphone, reflection: reflectionOf(size, rt60) }, rt60 };
}

/** The high-pass filter of Allen and Berkley's program (their appendix). */
function highPass(samples: Float64Array): Float64Array {
  const angle = (2 * Math.PI * HIGH_PASS_HZ) / SAMPLE_RATE_HZ;
  const r = Math.exp(-angle);
  let [y1, y2] = [0, 0];
  return samples.map((sample) => {
    const y0 = 2 * r * Math.cos(angle) * y1 - r * r * y2 + sample;
    const filtered = y0 - (1 + r) * y1 + r * y2;
    [y2, y1] = [y1, y0];
    return filtered;
  });
}
