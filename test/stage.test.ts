import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Stage, staged } from '../host/core/stage.js';

/** Returns a stage that records its events. */
function noting(): { readonly stage: Stage; readonly events: string[] } {
  const events: string[] = [];
  const stage: Stage = (label, total) => {
    events.push(`${label} of ${total}`);
    return { update: (done) => events.push(`${done}`), stop: () => events.push('stopped') };
  };
  return { stage, events };
}

test('a stage gets the progress of its work, and ends with it', async () => {
  const { stage, events } = noting();
  const result = await staged(stage, 'reading', 2, async (onProgress) => {
    onProgress(1);
    onProgress(2);
    return 'read';
  });
  assert.equal(result, 'read');
  assert.deepEqual(events, ['reading of 2', '1', '2', 'stopped']);
});

test('a stage ends if its work fails', async () => {
  const { stage, events } = noting();
  const failing = staged(stage, 'reading', 2, () => Promise.reject(new Error('unreadable')));
  await assert.rejects(failing, /unreadable/);
  assert.deepEqual(events, ['reading of 2', 'stopped']);
});

test('work is also done without a stage', async () => {
  assert.equal(
    await staged(undefined, 'reading', 2, async (onProgress) => {
      onProgress(1);
      return 'read';
    }),
    'read',
  );
});
