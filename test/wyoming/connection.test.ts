import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Detection } from '../../host/core/detection/index.js';
import { WyomingConnection } from '../../host/wyoming/connection.js';
import { EventReader, encodeEvent, type WyomingEvent } from '../../host/wyoming/events.js';

const FORMAT = { rate: 16_000, width: 2, channels: 1 };
const NOTHING = new Uint8Array(0);

/** A connection to a service whose listeners count samples and detect what `words` says. */
function connection(words: (samples: number) => string | null = () => null) {
  const begun: { words: readonly string[]; samples: number; ended: boolean }[] = [];
  const sent: WyomingEvent[] = [];
  const reader = new EventReader();
  const faults: string[] = [];
  const service = {
    words: ['lamp', 'music'],
    info: {},
    begin: async (wanted: readonly string[]) => {
      const stream = { words: wanted, samples: 0, ended: false };
      begun.push(stream);
      return {
        push: (samples: Int16Array) => {
          stream.samples += samples.length;
          const word = words(stream.samples);
          const detection = { word, sample: stream.samples, score: 1 } as unknown as Detection;
          return word === null ? [] : [detection];
        },
        end: () => {
          stream.ended = true;
        },
      };
    },
  };
  const own = new WyomingConnection(
    service,
    (bytes) => sent.push(...reader.push(bytes)),
    undefined,
    (fault) => faults.push(fault),
  );
  const handle = (type: string, data: object = {}, payload = NOTHING): Promise<void> =>
    own.handle({ type, data: data as Record<string, unknown>, payload });
  return { handle, begun, sent, faults };
}

describe('the state of a Wyoming connection', () => {
  it('begins a stream anew after a pause: what is before and after it does not belong together', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { handle, begun } = connection();
    const chunk = (): Promise<void> => handle('audio-chunk', FORMAT, new Uint8Array(2000));
    await handle('audio-start', FORMAT);
    await chunk();
    t.mock.timers.tick(1900);
    await chunk();
    assert.deepEqual(
      begun.map(({ samples, ended }) => [samples, ended]),
      [[2000, false]],
    );
    t.mock.timers.tick(2100);
    await chunk();
    assert.deepEqual(
      begun.map(({ samples, ended }) => [samples, ended]),
      [
        [2000, true],
        [1000, false],
      ],
    );
  });

  it('takes no time that it works itself for a pause', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { handle, begun } = connection(() => {
      t.mock.timers.tick(5000);
      return null;
    });
    for (let k = 0; k < 3; k++) await handle('audio-chunk', FORMAT, new Uint8Array(2000));
    assert.deepEqual(
      begun.map(({ samples }) => samples),
      [3000],
    );
  });

  it('sends an error once, however many chunks have it, and tells the operator', async () => {
    const { handle, sent, faults } = connection();
    for (let k = 0; k < 20; k++) await handle('audio-chunk', { ...FORMAT, width: 9 }, new Uint8Array(9));
    await handle('detect', { names: ['fridge'] });
    await handle('detect', { names: ['fridge'] });
    const texts = [
      'audio-chunk: width is 9, expected 1 to 4 bytes',
      'unknown word fridge; this service knows lamp, music',
      'unknown word fridge; this service knows lamp, music',
    ];
    assert.deepEqual(
      sent.map(({ data }) => data.text),
      texts,
    );
    assert.deepEqual(faults, texts);
  });

  it('tells the time of a detection in that of the chunks, or of the stream if they have none', async () => {
    const { handle, sent } = connection((samples) => (samples === 2000 ? 'lamp' : null));
    await handle('audio-chunk', { ...FORMAT, timestamp: 700 }, new Uint8Array(2000));
    await handle('audio-chunk', { ...FORMAT, timestamp: 5000 }, new Uint8Array(2000));
    assert.deepEqual(
      sent.map(({ data }) => data),
      [{ name: 'lamp', timestamp: 5063 }],
    );
    const without = connection((samples) => (samples === 2000 ? 'lamp' : null));
    await without.handle('audio-chunk', FORMAT, new Uint8Array(4000));
    assert.deepEqual(
      without.sent.map(({ data }) => data),
      [{ name: 'lamp', timestamp: 125 }],
    );
  });

  it('listens for any word again after it listened for one', async () => {
    const { handle, begun } = connection();
    for (const names of [['music'], null, [], ['lamp', 'fridge']]) {
      await handle('detect', { names });
      await handle('audio-start', FORMAT);
    }
    assert.deepEqual(
      begun.map(({ words }) => words),
      [['music'], ['lamp', 'music'], ['lamp', 'music'], ['lamp']],
    );
  });

  it('reads events however they are cut, with data in the line, behind it, or both', () => {
    const payload = Uint8Array.of(10, 123, 0);
    const both = Buffer.concat([
      Buffer.from('{"type":"b","data":{"x":1,"y":1},"data_length":7,"payload_length":3}\n{"y":2}'),
      payload,
    ]);
    const bytes = Buffer.concat([encodeEvent('a'), both, encodeEvent('c', { text: 'ü' }, payload)]);
    for (const most of [1, 2, 7, bytes.length]) {
      const reader = new EventReader();
      const events: WyomingEvent[] = [];
      for (let at = 0; at < bytes.length; at += most) events.push(...reader.push(bytes.subarray(at, at + most)));
      assert.deepEqual(
        events.map(({ type, data, payload: sound }) => [type, data, [...sound]]),
        [
          ['a', {}, []],
          ['b', { x: 1, y: 2 }, [10, 123, 0]],
          ['c', { text: 'ü' }, [10, 123, 0]],
        ],
      );
    }
  });
});
