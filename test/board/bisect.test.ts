import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { type BisectReport, bisectClip, bisectText, flashModel } from '../../host/core/board/index.js';
import { encodeModel } from '../../host/core/model/index.js';
import { readClip, withBoard } from '../../host/device/index.js';
import { openKernel } from '../../host/model/index.js';
import { packagePath, wasmBytes } from '../../host/system/package-files.js';
import { spikeword, unwrapped } from '../cli/spikeword.js';
import { type BoardAtHand, boardsAtHand } from './boards-at-hand.js';
import { earlyNetwork, edited, offsetOf, smallModel } from './small-model.js';

const CLIP = packagePath('datasets/sample/yes/06fb60c7_nohash_0.wav');
const model = smallModel(1);
const layers = ['stem', 'stage1.block1.conv1', 'stage1.block1.conv2', 'stage2.block1.conv1', 'stage2.block1.conv2'];

/** The stages that agree before the one that differs. */
function agreeing({ stages }: BisectReport): string[] {
  return stages.filter(({ difference }) => difference === null).map(({ stage }) => stage);
}

/** Returns the first of some changes that affects the clip: not every weight or threshold does. */
async function firstTelling(
  candidates: number,
  bisect: (candidate: number) => Promise<BisectReport>,
): Promise<{ candidate: number; report: BisectReport }> {
  for (let candidate = 0; candidate < candidates; candidate++) {
    const report = await bisect(candidate);
    if (!report.agrees) return { candidate, report };
  }
  throw new Error(`none of ${candidates} changes makes a difference`);
}

describe('bisect', () => {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-bisect-'));
  after(() => rmSync(folder, { recursive: true }));
  let flashes = 0;

  /** Compares a clip on a board that runs `other` with the host that runs `model`. */
  async function bisect(
    { start }: BoardAtHand,
    other: Uint8Array,
    wasm?: Uint8Array,
    afterwards: (port: string) => void = () => {},
    own = model,
  ): Promise<BisectReport> {
    flashes += 1;
    const { port, stop } = await start(join(folder, `flash-${flashes}`), wasm);
    try {
      const { name, samples } = await readClip(CLIP);
      const report = await withBoard({ port }, async (board) => {
        await flashModel(board, other);
        const hello = await board.client.hello();
        return bisectClip({ ...board, hello }, own, openKernel(own), name, samples);
      });
      afterwards(port);
      return report;
    } finally {
      await stop();
    }
  }

  const [native, arm] = boardsAtHand;

  test('agrees on a network that reads more than a clip', { skip: native.skip }, async () => {
    const listening = smallModel(44, 'valid', 61);
    const report = await bisect(native, listening, undefined, undefined, listening);
    assert.equal(report.agrees, true);
    const samples = report.stages.find(({ stage }) => stage === 'samples');
    assert.equal(samples?.values, 512 + 320 * 60);
  });

  test('agrees on a network that decides early, and names the layer with one flipped weight', {
    skip: native.skip,
  }, async () => {
    const early = encodeModel(earlyNetwork());
    const report = await bisect(native, early, undefined, undefined, early);
    assert.equal(report.agrees, true);
    assert.deepEqual(agreeing(report), ['samples', 'features', 'stem current', ...layers, 'scores']);
    const at = offsetOf(early, 3, 'weights');
    const { report: found } = await firstTelling(40, (k) => {
      const other = edited(early, (view) => view.setUint8(at + k, 255 - view.getUint8(at + k)));
      return bisect(native, other, undefined, undefined, early);
    });
    assert.equal(found.stages.at(-1)?.stage, layers[3]);
  });

  test('names the layer with one flipped weight', { skip: native.skip }, async () => {
    for (const layer of [1, 3, 4]) {
      const at = offsetOf(model, layer, 'weights');
      const { report: found } = await firstTelling(40, (k) =>
        bisect(
          native,
          edited(model, (view) => view.setUint8(at + k, 255 - view.getUint8(at + k))),
        ),
      );
      assert.equal(found.sameModel, false);
      assert.deepEqual(agreeing(found), ['samples', 'features', 'stem current', ...layers.slice(0, layer)]);
      assert.equal(found.stages.at(-1)?.stage, layers[layer]);
      const text = `first difference: ${layers[layer]}, channel \\d+, frame \\d+, timestep \\d: host [01], board [01] $`;
      assert.match(unwrapped(bisectText(found)), new RegExp(text));
    }
  });

  test('names the current of the stem for one flipped weight there', { skip: native.skip }, async () => {
    const at = offsetOf(model, 0, 'weights');
    const report = await bisect(
      native,
      edited(model, (view) => view.setUint8(at, 255 - view.getUint8(at))),
    );
    assert.deepEqual(agreeing(report), ['samples', 'features']);
    const { stage, difference } = report.stages.at(-1)!;
    assert.equal(stage, 'stem current');
    // the first byte of the first row belongs to channel 0
    assert.match(difference!.where, /^channel 0, frame \d+$/);
    assert.notEqual(difference!.host, difference!.board);
  });

  test('names the layer and channel with one different threshold', { skip: native.skip }, async () => {
    for (const layer of [0, 2, 4]) {
      const channel = await firstTelling(12, async (candidate) => {
        const at = offsetOf(model, layer, 'thresholds') + 4 * candidate;
        // at 1 every value above zero spikes; some channels have none
        const lowered = edited(model, (view) => view.setInt32(at, 1, true));
        return bisect(native, lowered);
      });
      assert.deepEqual(agreeing(channel.report), ['samples', 'features', 'stem current', ...layers.slice(0, layer)]);
      const { stage, difference } = channel.report.stages.at(-1)!;
      assert.equal(stage, layers[layer]);
      assert.match(difference!.where, new RegExp(`^channel ${channel.candidate}, frame \\d+, timestep \\d$`));
    }
  });

  test('names the first feature that a different mel coefficient changes, and evaluate reports it', {
    skip: arm.skip,
  }, async () => {
    const file = join(folder, 'model.spkw');
    writeFileSync(file, model);
    const report = await bisect(arm, model, withOtherMel(wasmBytes('kernel')), (port) => {
      const data = packagePath('datasets/sample');
      const { code, stdout, stderr } = spikeword('evaluate', file, '--data', data, '--clips', '2', '--port', port);
      assert.equal(code, 1);
      assert.match(stdout, /host and board +DIFFER +on every spike of 0 of 2 clips/);
      assert.match(stderr, /^DisagreementError: .*differ on 2 of 2 clips, first on .*: features, frame .*bisect/);
    });
    assert.ok(report.sameModel);
    assert.deepEqual(agreeing(report), ['samples']);
    const { stage, difference } = report.stages.at(-1)!;
    assert.equal(stage, 'features');
    assert.match(difference!.where, /^frame \d+, coefficient \d$/);
    assert.notEqual(difference!.host, difference!.board);
  });

  test('the command ends with exit code 1 and both values', { skip: native.skip }, async () => {
    const file = join(folder, 'host.spkw');
    const at = offsetOf(model, 2, 'thresholds');
    writeFileSync(file, model);
    const other = edited(model, (view) => view.setInt32(at, 1, true));
    const { port, stop } = await native.start(join(folder, 'flash-command'));
    try {
      await withBoard({ port }, (board) => flashModel(board, other));
      const { code, stdout } = spikeword('bisect', CLIP, '--port', port, '--model', file);
      assert.equal(code, 1);
      assert.match(stdout, /stage1\.block1\.conv2 +1,200 {2}\d+ differ\n/);
      assert.match(stdout, /The board runs another model than the host/);
      const difference = /first difference: stage1\.block1\.conv2, channel 0, .*: host [01], board [01] $/;
      assert.match(unwrapped(stdout), difference);
    } finally {
      await stop();
    }
  });
});

/** The index of the number in the mel table that is halved: the slope of a segment. */
const MEL_INDEX = 24;

/** The kernel with one number of its mel table halved. */
function withOtherMel(wasm: Uint8Array): Uint8Array {
  const source = readFileSync(packagePath('assembly/inference/frontend/tables.ts'), 'utf8');
  const numbers = /SEGMENT_FALL: usize = memory\.data<u32>\(\[([^\]]*)\]/.exec(source)![1].match(/\d+/g)!.map(Number);
  // searched with its neighbours; the module does not store the whole table, as it omits runs of zeros
  const place = Buffer.from(Uint32Array.from(numbers.slice(MEL_INDEX, MEL_INDEX + 4)).buffer);
  const at = Buffer.from(wasm).indexOf(place);
  assert.ok(at > 0, 'the table is in the kernel');
  const copy = wasm.slice();
  new DataView(copy.buffer).setUint32(at, numbers[MEL_INDEX] >>> 1, true);
  return copy;
}
