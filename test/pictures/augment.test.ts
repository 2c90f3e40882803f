import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Random } from '../../host/core/random.js';
import { AugmentedPictures, type Crop, drawCrop, takeCrop } from '../../host/pictures/augment.js';

const SIDE = 32;
const SIZE = SIDE * SIDE * 3;

const noise = (pictures: number, seed: number): Int8Array => {
  const random = new Random(seed);
  return Int8Array.from({ length: pictures * SIZE }, () => random.below(256) - 128);
};

const cropOf = (source: Int8Array, crop: Crop, mirrored = false): Int8Array => {
  const target = new Int8Array(SIZE);
  takeCrop(source, crop, mirrored, target);
  return target;
};

/**
 * A pixel of a crop by the definition of bilinear interpolation between the middles of pixels: the mean of all its
 * pixels, weighed by max(0, 1 − distance) along both axes, with coordinates that stay inside.
 */
function interpolated(source: Int8Array, crop: Crop, row: number, column: number, colour: number): number {
  const inside = (k: number, length: number): number =>
    Math.min(Math.max(((k + 0.5) * length) / SIDE - 0.5, 0), length - 1);
  const [y, x] = [inside(row, crop.height), inside(column, crop.width)];
  let sum = 0;
  for (let r = 0; r < crop.height; r++) {
    for (let c = 0; c < crop.width; c++) {
      const weight = Math.max(0, 1 - Math.abs(r - y)) * Math.max(0, 1 - Math.abs(c - x));
      sum += weight * source[((crop.y + r) * SIDE + crop.x + c) * 3 + colour];
    }
  }
  return sum;
}

describe('a crop', () => {
  test('of the whole picture is the picture, and mirrored has its columns from right to left', () => {
    const source = noise(1, 1);
    const whole = { x: 0, y: 0, width: SIDE, height: SIDE };
    assert.deepEqual(cropOf(source, whole), source);
    const mirrored = source.map((_, at) => {
      const [row, column, colour] = [Math.floor(at / 3 / SIDE), Math.floor(at / 3) % SIDE, at % 3];
      return source[(row * SIDE + SIDE - 1 - column) * 3 + colour];
    });
    assert.deepEqual(cropOf(source, whole, true), mirrored);
  });

  test('is stretched by bilinear interpolation, to half a unit', () => {
    const source = noise(1, 2);
    for (const crop of [
      { x: 3, y: 5, width: 20, height: 27 },
      { x: 31, y: 0, width: 1, height: 32 },
      { x: 0, y: 15, width: 17, height: 17 },
    ]) {
      const target = cropOf(source, crop);
      for (let at = 0; at < SIZE; at++) {
        const exact = interpolated(source, crop, Math.floor(at / 3 / SIDE), Math.floor(at / 3) % SIDE, at % 3);
        assert.ok(Math.abs(target[at] - exact) <= 0.5 + 1e-9, `${JSON.stringify(crop)}: ${at}`);
      }
    }
  });

  test('has a share of the area that is uniform from the least one on, is inside, and is not narrower than 3 : 4', () => {
    const random = new Random(3);
    const crops = Array.from({ length: 4000 }, () => drawCrop(0.4, random));
    for (const { x, y, width, height } of crops) {
      assert.ok(x >= 0 && y >= 0 && x + width <= SIDE && y + height <= SIDE);
      // by half a pixel at most beyond the ratio, because sides are whole
      assert.ok(width + 0.5 >= (height - 0.5) * 0.75 && height + 0.5 >= (width - 0.5) * 0.75, `${width} × ${height}`);
    }
    const shares = crops.map(({ width, height }) => (width * height) / (SIDE * SIDE)).sort((a, b) => a - b);
    assert.ok(shares[0] > 0.36 && shares[0] < 0.42, `${shares[0]}`);
    assert.ok(shares.some((share) => share > 0.95));
    // crops that do not fit are drawn again, so wide ones are a little rarer than uniform
    const median = shares[shares.length / 2];
    assert.ok(median > 0.6 && median < 0.7, `${median}`);
  });

  test('is the whole picture if nothing may be left out', () => {
    assert.deepEqual(drawCrop(1, new Random(1)), { x: 0, y: 0, width: SIDE, height: SIDE });
  });
});

describe('augmented pictures', () => {
  const features = noise(300, 4);
  const settings = { crop: 0.5, flip: 0.5, mixup: 0 };

  test('depend on seed, epoch and picture alone, prepared ahead or not', async () => {
    const once = new AugmentedPictures(features, settings, 7);
    const first = (await once.epoch(3)).slice();
    once.prepare(4);
    const next = (await once.epoch(4)).slice();
    const again = new AugmentedPictures(features, settings, 7);
    assert.deepEqual((await again.epoch(4)).slice(), next);
    assert.deepEqual((await again.epoch(3)).slice(), first);
    assert.notDeepEqual(first, next);
    const other = new AugmentedPictures(features, settings, 8);
    assert.notDeepEqual((await other.epoch(3)).slice(), first);
    for (const source of [once, again, other]) await source.close();
  });

  test('are mirrored as often as they should be', async () => {
    const source = new AugmentedPictures(features, { crop: 1, flip: 0.25, mixup: 0 }, 1);
    const changed = await source.epoch(0);
    let mirrored = 0;
    for (let k = 0; k < 300; k++) {
      const same = changed.subarray(k * SIZE, (k + 1) * SIZE).every((value, at) => value === features[k * SIZE + at]);
      if (!same) mirrored++;
    }
    // the standard deviation is 7.5
    assert.ok(Math.abs(mirrored - 75) < 30, `${mirrored}`);
    await source.close();
  });

  test('stop being made when they are closed', async () => {
    const source = new AugmentedPictures(noise(2000, 5), settings, 1);
    source.prepare(0);
    await source.close();
  });
});
