import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { operatingPointOf } from '../../host/core/detection/index.js';
import { encodeModel } from '../../host/core/model/index.js';
import { readInstalledModel, withBoard } from '../../host/device/index.js';
import { readModel } from '../../host/model/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { type CommandResult, spikeword, unwrapped } from '../cli/spikeword.js';
import { boardsAtHand } from './boards-at-hand.js';
import { smallModel } from './small-model.js';

const DATA = packagePath('datasets/sample');
const CLIP = packagePath('datasets/sample/yes/06fb60c7_nohash_0.wav');

for (const { name, skip, start, counts } of boardsAtHand) {
  describe(`the commands on ${name}`, { skip }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'spikeword-commands-'));
    const [first, second] = ['first.spkw', 'second.spkw'].map((file) => join(folder, file));
    const started: { stop(): Promise<void> }[] = [];

    /** Runs a command that must succeed. */
    const run = (...args: readonly string[]): string => {
      const { code, stdout, stderr } = spikeword(...args);
      assert.equal(code, 0, stderr);
      return stdout;
    };

    /** Starts a board without a model, and returns functions that run commands on it. */
    async function startBoard() {
      const board = await start(join(folder, `flash-${started.length}`));
      started.push(board);
      const { port } = board;
      const onBoard = (...args: readonly string[]): string => run(...args, '--port', port);
      return {
        port,
        run: onBoard,
        json: (...args: readonly string[]) => JSON.parse(onBoard(...args, '--json')),
        refused: (...args: readonly string[]): CommandResult => {
          const result = spikeword(...args, '--port', port);
          assert.equal(result.code, 3, result.stdout);
          return result;
        },
      };
    }

    /** A board with the first model. */
    let board: Awaited<ReturnType<typeof startBoard>>;

    before(async () => {
      writeFileSync(first, smallModel(1));
      writeFileSync(second, smallModel(2));
      board = await startBoard();
      board.run('flash', first);
    });
    after(async () => {
      await Promise.all(started.map((each) => each.stop()));
      rmSync(folder, { recursive: true });
    });

    test('commands on a board without a model say how to flash one', async () => {
      const empty = await startBoard();
      assert.match(empty.run('info'), new RegExp(`^${name} on ${empty.port}\n`));
      for (const command of [['bisect', CLIP], ['profile'], ['evaluate', first, '--data', DATA]]) {
        const { stderr } = empty.refused(...command);
        if (command[0] === 'profile' && counts === 'nothing') continue;
        assert.match(stderr, /^BoardError: .*no model.*`spikeword flash /);
      }
    });

    test('flash writes a model, does not write it again, and goes back to the previous one', async () => {
      const empty = await startBoard();
      const said = /runs the model from slot 0 \(.* bytes, CRC-32 [0-9a-f]{8}\); written/;
      assert.match(unwrapped(empty.run('flash', first)), said);
      assert.match(unwrapped(empty.run('flash', first)), /already runs this model .*nothing was written/);
      const written = empty.json('flash', second);
      assert.equal(written.action, 'written');
      const back = empty.json('flash', '--rollback');
      assert.equal(back.action, 'rolled back');
      assert.notEqual(back.crc, written.crc);
      const { slots } = empty.json('info');
      assert.deepEqual(
        slots.map(({ runs, crc }: { runs: boolean; crc: string }) => [runs, crc]),
        [
          [true, back.crc],
          [false, written.crc],
        ],
      );
    });

    test('flash writes a model that detects only some of its words, as eagerly as is wanted', async () => {
      const { network } = readModel(first);
      const word = network.labels[1];
      const curve = [0.5, 50].map((falseAcceptsPerHour, k) => ({
        falseAcceptsPerHour,
        missRate: 0.5 - 0.4 * k,
        thresholds: network.labels.map(() => 50_000 - 20_000 * k),
      }));
      const tuned = join(folder, `${name}-tuned.spkw`);
      writeFileSync(tuned, encodeModel({ ...network, detection: { ...operatingPointOf(network), curve } }));
      const other = await startBoard();
      other.run('flash', tuned, '--words', word, '--false-accepts', '50');
      await withBoard({ port: other.port }, async (opened) => {
        const { detection } = (await readInstalledModel(opened)).network;
        assert.deepEqual(
          detection?.thresholds,
          network.labels.map((label) => (label === word ? 30_000 : 0)),
        );
      });
      const refusal = (...args: readonly string[]): string => spikeword('flash', ...args, '--port', other.port).stderr;
      assert.match(refusal(tuned, '--words', 'lamp'), /does not have the word 'lamp'; it has /);
      assert.match(refusal(tuned, '--false-accepts', '60'), /has thresholds for 0\.5 to 50/);
      assert.match(refusal('--rollback', '--words', word), /--rollback runs the previous model as it is/);
    });

    test('evaluate refuses a model that the board does not run', () => {
      const { stderr } = board.refused('evaluate', second, '--data', DATA);
      assert.match(
        stderr,
        /runs another model \(CRC-32 .*; write this model to the board with `spikeword flash .* --port .*`/,
      );
    });

    test('flash refuses a file that is not a model before it contacts the board', () => {
      const none = join(folder, 'none.spkw');
      writeFileSync(none, 'no model');
      assert.equal(spikeword('flash', none, '--port', board.port).code, 1);
      assert.match(board.run('flash', first), /already runs/);
    });

    test('evaluate counts the same on the board as on the host, and adds the figures of the board', () => {
      const clips = ['--data', DATA, '--clips', '6', '--json'];
      const host = JSON.parse(run('evaluate', first, ...clips));
      const report = JSON.parse(board.run('evaluate', first, ...clips));
      const measured = ['clipsPerSecond', 'threads'];
      for (const key of Object.keys(host).filter((key) => !measured.includes(key))) {
        assert.deepEqual(report[key], host[key], key);
      }
      assert.equal(report.board, name);
      assert.equal(report.hostAgreement, 1);
      assert.equal(report.spikesCompared, 6 * 4 * (12 * 25 * 3 + 20 * 13 * 2));
      assert.ok(report.millisecondsPerInference >= 0 && report.stackBytes >= 0 && report.firmwareBytes >= 0);
      for (const key of ['instructionsPerInference', 'instructionsPerFrame']) {
        assert.equal(report[key] > 1000, counts !== 'nothing', `${key} ${report[key]}`);
      }
      const features = JSON.parse(board.run('evaluate', first, ...clips, '--send', 'features'));
      assert.deepEqual(features.layers, host.layers);
      assert.equal(features.instructionsPerFrame, null);
      assert.match(
        board.run('evaluate', first, '--data', DATA, '--clips', '2'),
        /host and board +agree +on every spike/,
      );
    });

    test('bisect finds nothing if nothing differs', () => {
      assert.match(board.run('bisect', CLIP), /agree on every spike\n$/);
      const report = board.json('bisect', CLIP, '--model', first);
      assert.ok(report.agrees && report.sameModel);
      const stages = report.stages.map(({ stage }: { stage: string }) => stage);
      assert.deepEqual(stages.slice(0, 4), ['samples', 'features', 'stem current', 'stem']);
      assert.equal(stages.at(-1), 'scores');
    });

    test('profile counts the same number of instructions, or says that the board counts none', () => {
      if (counts === 'nothing') {
        assert.match(board.refused('profile').stderr, /counts neither instructions nor cycles/);
        return;
      }
      const profile = board.json('profile', CLIP);
      // a clock may not change between two ticks
      const { millisecondsPerInference, millisecondsPerFrame } = profile;
      assert.ok(millisecondsPerInference > 0 && millisecondsPerFrame > 0);
      const again = board.json('profile', CLIP);
      if (counts === 'instructions') {
        assert.deepEqual({ ...again, millisecondsPerInference, millisecondsPerFrame }, profile);
      }
      assert.ok(Math.abs(again.perInference / profile.perInference - 1) < 0.01);
      const sum = profile.layers.reduce((total: number, { count }: { count: number }) => total + count, 0);
      assert.equal(sum, profile.perInference);
      assert.match(board.run('profile'), new RegExp(`feature frame +[\\d,]+ ${counts}`));
    });
  });
}
