import { setImmediate } from 'node:timers/promises';
import { Random } from '../core/random.js';
import { PICTURE_SIZE } from './records.js';
import { COLOURS, SIDE } from './tasks.js';

/** How a training picture is changed, drawn again for every epoch. */
export interface PictureSettings {
  /** Least share of a picture that a crop keeps; 1: the whole picture. */
  readonly crop: number;
  /** Share of the pictures that are mirrored. */
  readonly flip: number;
  /** Share of the steps whose pictures are mixed in pairs; see `trainEpoch`. */
  readonly mixup: number;
}

/** Narrowest and widest crop, width over height, as in torchvision's RandomResizedCrop. */
const RATIOS = [3 / 4, 4 / 3] as const;
/** Crops that are drawn before one in the middle is taken. */
const TRIES = 10;
/** Separates the random stream of pictures from those of weights and shuffling, which have the same seed. */
const STREAM = 0x91c7;
/** Pictures between two chances for other work. */
const PIECE = 256;

/** A part of a picture that is stretched to its size. */
export interface Crop {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const WHOLE: Crop = { x: 0, y: 0, width: SIDE, height: SIDE };

/** Draws a crop as torchvision's RandomResizedCrop does, with a share of the area that is uniform. */
export function drawCrop(least: number, random: Random): Crop {
  if (least >= 1) return WHOLE;
  for (let tried = 0; tried < TRIES; tried++) {
    const area = SIDE * SIDE * (least + (1 - least) * random.uniform());
    const ratio = random.logUniform(RATIOS);
    const width = Math.round(Math.sqrt(area * ratio));
    const height = Math.round(Math.sqrt(area / ratio));
    if (width > SIDE || height > SIDE || width < 1 || height < 1) continue;
    return { x: random.below(SIDE - width + 1), y: random.below(SIDE - height + 1), width, height };
  }
  return WHOLE;
}

/** Where the pixels of a stretched axis come from: a pixel, the next one, and the share of that. */
function stretched(start: number, length: number, mirrored: boolean): [first: number, second: number, share: number][] {
  const axis = Array.from({ length: SIDE }, (_, k): [number, number, number] => {
    const at = Math.min(Math.max(((k + 0.5) * length) / SIDE - 0.5, 0), length - 1);
    const first = Math.floor(at);
    return [start + first, start + Math.min(first + 1, length - 1), at - first];
  });
  return mirrored ? axis.reverse() : axis;
}

/** Writes a crop of a picture to `target`, both int8 [row][column][colour], by bilinear interpolation. */
export function takeCrop(source: Int8Array, { x, y, width, height }: Crop, mirrored: boolean, target: Int8Array): void {
  const columns = stretched(x, width, mirrored);
  let to = 0;
  for (const [top, bottom, down] of stretched(y, height, false)) {
    for (const [left, right, across] of columns) {
      for (let colour = 0; colour < COLOURS; colour++) {
        const pixel = (row: number, column: number): number => source[(row * SIDE + column) * COLOURS + colour];
        const above = pixel(top, left) * (1 - across) + pixel(top, right) * across;
        const below = pixel(bottom, left) * (1 - across) + pixel(bottom, right) * across;
        target[to++] = Math.round(above * (1 - down) + below * down);
      }
    }
  }
}

/** Changes the training pictures, in other ways in every epoch, in pieces between other work of the thread. */
export class AugmentedPictures {
  private readonly buffers: readonly Int8Array[];
  private pending: { readonly epoch: number; readonly done: Promise<void> } | null = null;
  private closed = false;

  /** @param features int8, [picture][row][column][colour] */
  constructor(
    private readonly features: Int8Array,
    private readonly settings: PictureSettings,
    private readonly seed: number,
  ) {
    this.buffers = [new Int8Array(features.length), new Int8Array(features.length)];
  }

  /** Returns the pictures of an epoch, in their order; valid until the epoch after the next. */
  async epoch(epoch: number): Promise<Int8Array> {
    this.prepare(epoch);
    await this.pending?.done;
    return this.buffers[epoch % 2];
  }

  /** Starts to change the pictures for an epoch. */
  prepare(epoch: number): void {
    if (this.pending?.epoch === epoch) return;
    this.pending = { epoch, done: this.change(epoch, this.pending?.done) };
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.pending?.done;
  }

  private async change(epoch: number, before: Promise<void> | undefined): Promise<void> {
    await before;
    const { features, settings, seed } = this;
    const target = this.buffers[epoch % 2];
    const count = features.length / PICTURE_SIZE;
    for (let k = 0; k < count && !this.closed; k++) {
      if (k % PIECE === 0) await setImmediate();
      const random = new Random(STREAM, seed, epoch, k);
      const [from, to] = [k * PICTURE_SIZE, (k + 1) * PICTURE_SIZE];
      const crop = drawCrop(settings.crop, random);
      takeCrop(features.subarray(from, to), crop, random.uniform() < settings.flip, target.subarray(from, to));
    }
  }
}
