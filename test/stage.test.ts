import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Stage, staged } from '../host/core/stage.js';

/** A stage that notes what happens to it. */
function noting(): { readonly stage: Stage; readonly events: string[] } {
  const events: string[] = [];
  const stage: Stage = (label, total) => {
    events.push(`${label} of ${total}`);
    return { update: (done) => events.push(`${done}`), stop: () => events.push('stopped') };
  };
  return { stage, events };
}

test('a stage is told how far its work is, and ends with it', async () => {
  const { stage, events } = noting();
  const result = await staged(stage, 'reading', 2, async (onProgress) => {
    onProgress(1);
    onProgress(2);
    return 'read';
  });
  assert.equal(result, 'read');
  assert.deepEqual(events, ['reading of 2', '1', '2', 'stopped']);
});

test('a stage ends where its work fails', async () => {
  const { stage, events } = noting();
  const failing = staged(stage, 'reading', 2, () => Promise.reject(new Error('unreadable')));
  await assert.rejects(failing, /unreadable/);
  assert.deepEqual(events, ['reading of 2', 'stopped']);
});

test('work without a stage is done all the same', async () => {
  assert.equal(
    await staged(undefined, 'reading', 2, async (onProgress) => {
      onProgress(1);
      return 'read';
    }),
    'read',
  );
});
