import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fewVoicesWarning, voicesOf, voicesText } from '../../host/core/statistics/index.js';

const clips = (count: number, speakers: number, speakerKnown = true) =>
  Array.from({ length: count }, (_, k) => ({ path: `yes/${k}.wav`, speaker: `s${k % speakers}`, speakerKnown }));

test('voices are different clips and known speakers', () => {
  const two = clips(4, 2);
  assert.deepEqual(voicesOf([...two, ...two]), { clips: 4, speakers: 2 });
  assert.deepEqual(voicesOf([...two, ...clips(5, 1, false)]), { clips: 5, speakers: null });
  assert.equal(voicesText({ clips: 1200, speakers: 1 }), '1,200 clips by 1 speaker');
  assert.equal(voicesText({ clips: 1, speakers: null }), '1 clip by unknown speakers');
});

test('fewer than thirty clips or five speakers are too few', () => {
  const few = (count: number, speakers: number): boolean => fewVoicesWarning(voicesOf(clips(count, speakers))) !== null;
  assert.deepEqual([few(30, 5), few(29, 29), few(300, 4)], [false, true, true]);
  assert.equal(fewVoicesWarning(voicesOf(clips(40, 40, false))), null);
});
