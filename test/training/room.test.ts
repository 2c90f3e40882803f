import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Random } from '../../host/core/random.js';
import { imageResponse, type Room, reflectionOf, roomResponse, roomResponses } from '../../host/core/training/room.js';

const RATE = 16_000;
const SPEED = 343;
const room: Room = { size: [3.1, 2.7, 2.4], source: [1, 0.8, 1.5], microphone: [2.3, 1.9, 1.1], reflection: 0.8 };

/**
 * The same response, order by order: every image is mirrored at every wall, and every new place is an image of the next
 * order.
 */
function mirrored({ size, source, microphone, reflection }: Room, length: number): Float64Array {
  const response = new Float64Array(length);
  const away = (point: readonly number[]): number => Math.hypot(...point.map((x, axis) => x - microphone[axis]));
  const direct = away(source);
  const farthest = direct + ((length + 1) * SPEED) / RATE;
  const nameOf = (point: readonly number[]): string => point.map((x) => x.toFixed(6)).join();
  const seen = new Set([nameOf(source)]);
  let order: (readonly number[])[] = [source];
  for (let reflections = 0; order.length > 0; reflections++) {
    for (const image of order) {
      const delay = Math.round(((away(image) - direct) / SPEED) * RATE);
      if (delay < length) response[delay] += (reflection ** reflections * direct) / away(image);
    }
    const next: (readonly number[])[] = [];
    for (const image of order) {
      for (const axis of [0, 1, 2]) {
        for (const wall of [0, size[axis]]) {
          const mirror = image.map((x, other) => (other === axis ? 2 * wall - x : x));
          if (seen.has(nameOf(mirror)) || away(mirror) > farthest) continue;
          seen.add(nameOf(mirror));
          next.push(mirror);
        }
      }
    }
    order = next;
  }
  return response;
}

/** The reverberation time in seconds, from the decay of the energy left between −5 and −25 dB (Schroeder, 1965). */
function decayTime(response: Float64Array): number {
  const left = response.map((sample) => sample * sample);
  for (let n = left.length - 2; n >= 0; n--) left[n] += left[n + 1];
  const at = (db: number): number => left.findIndex((energy) => energy <= left[0] * 10 ** (db / 10));
  return (3 * (at(-25) - at(-5))) / RATE;
}

describe('the response of a room', () => {
  test('equals that of images that are mirrored order by order', () => {
    const expected = mirrored(room, 900);
    const response = imageResponse(room, 900);
    assert.ok(expected.filter((sample) => sample > 0).length > 300);
    for (const [n, sample] of response.entries()) assert.ok(Math.abs(sample - expected[n]) < 1e-12, `sample ${n}`);
  });

  test('begins with the direct sound, and is only that if the walls reflect nothing', () => {
    assert.equal(imageResponse(room, 900)[0], 1);
    assert.deepEqual([...imageResponse({ ...room, reflection: 0 }, 5)], [1, 0, 0, 0, 0]);
  });

  test('has its first reflection at the floor, later by its longer way', () => {
    const low: Room = { size: [9, 9, 9], source: [4, 4, 0.5], microphone: [5, 4, 0.5], reflection: 0.5 };
    const longer = Math.sqrt(2) - 1;
    const response = imageResponse(low, 100);
    const first = response.findIndex((sample, n) => n > 0 && sample > 0);
    assert.equal(first, Math.round((longer / SPEED) * RATE));
    assert.ok(Math.abs(response[first] - 0.5 / Math.sqrt(2)) < 1e-12);
  });

  for (const rt60 of [0.15, 0.3, 0.6]) {
    test(`decays in about ${rt60} s if its walls are chosen by Eyring's formula for that`, () => {
      const size = [4, 3.6, 3.2] as const;
      const response = roomResponse({ ...room, size, reflection: reflectionOf(size, rt60) }, RATE * rt60);
      const measured = decayTime(response);
      assert.ok(measured > 0.75 * rt60 && measured < 1.25 * rt60, `${measured} s`);
    });
  }

  test('needs the absorption of Sabine for a room that echoes long', () => {
    const size = [5, 4, 3] as const;
    const absorption = 1 - reflectionOf(size, 3) ** 2;
    const sabine = (0.161 * 60) / (94 * 3);
    assert.ok(Math.abs(absorption / sabine - 1) < 0.02, `${absorption} for ${sabine}`);
  });
});

describe('the rooms of a run', () => {
  const rooms = roomResponses(48, new Random(1));

  test('have responses of energy 1 with the direct sound first, which fit into a transform', () => {
    for (const response of rooms) {
      assert.ok(Math.abs(response.reduce((sum, sample) => sum + sample * sample, 0) - 1) < 1e-12);
      assert.ok(response.length <= 8192 && response.length > 1000);
      assert.ok(response[0] > 0.05);
    }
  });

  test('are from dull to echoing', () => {
    const times = rooms.map(decayTime);
    assert.ok(Math.min(...times) < 0.15 && Math.max(...times) > 0.5, `${Math.min(...times)} to ${Math.max(...times)}`);
  });

  test('have no more sound below 100 Hz than the direct sound has', () => {
    for (const response of rooms) {
      const sum = response.reduce((total, sample) => total + sample, 0);
      assert.ok(Math.abs(sum) < 0.2, `${sum}`);
    }
  });

  test('depend only on the seed', () => {
    assert.deepEqual(roomResponses(2, new Random(1)), rooms.slice(0, 2));
    assert.notDeepEqual(roomResponses(2, new Random(2)), rooms.slice(0, 2));
  });
});
