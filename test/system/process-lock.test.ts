import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { lockForProcess } from '../../host/system/index.js';

const root = mkdtempSync(join(tmpdir(), 'spikeword-lock-'));
after(() => rmSync(root, { recursive: true }));

let folder: string;
let lock: string;
beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'));
  lock = join(folder, 'work.pid');
});

/** What a process that is gone has left. No process has this number and began at the first tick. */
const STALE = `${process.pid + 1} 1\n`;

const taken = (owner: number): Error => new Error(`taken by ${owner}`);

/**
 * Another process that takes the lock, held up before it takes a stale one over; it says what came of it, and lives on.
 */
class Taker {
  private constructor(
    readonly process: ChildProcess,
    /** 'won', or what was thrown. */
    readonly outcome: Promise<string>,
  ) {}

  static start(file: string, delaysMs: readonly number[] = []): Taker {
    const code = `
      import { setTimeout as wait } from 'node:timers/promises';
      import { lockForProcess } from ${JSON.stringify(new URL('../../host/system/process-lock.js', import.meta.url).href)};
      const delays = ${JSON.stringify(delaysMs)};
      const taken = (owner) => new Error('taken by ' + owner);
      const beforeTakeover = () => wait(delays.shift() ?? 0);
      try {
        await lockForProcess(${JSON.stringify(file)}, { taken, beforeTakeover });
        console.log('won');
      } catch (error) {
        console.log(error.message);
      }
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return new Taker(
      child,
      once(child.stdout!, 'data').then(([line]) => String(line).trim()),
    );
  }

  async kill(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
  }
}

/** Starts them, waits for what came of each, and ends them. */
async function outcomes(takers: readonly Taker[]): Promise<string[]> {
  try {
    return await Promise.all(takers.map((taker) => taker.outcome));
  } finally {
    await Promise.all(takers.map((taker) => taker.kill()));
  }
}

describe('the lock of a process', () => {
  test('names its owner, and leaves nothing once it is given back', async () => {
    const release = await lockForProcess(lock, { taken });
    assert.match(readFileSync(lock, 'utf8'), new RegExp(`^${process.pid}\\b`));
    assert.deepEqual(readdirSync(folder), ['work.pid']);
    release();
    assert.deepEqual(readdirSync(folder), []);
  });

  test('is refused a second time in the process that holds it', async () => {
    const release = await lockForProcess(lock, { taken });
    await assert.rejects(lockForProcess(lock, { taken }), { message: `taken by ${process.pid}` });
    release();
    (await lockForProcess(lock, { taken }))();
  });

  test('goes to one of many that ask at once in one process', async () => {
    writeFileSync(lock, STALE);
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => lockForProcess(lock, { taken })));
    const won = results.filter(({ status }) => status === 'fulfilled');
    assert.equal(won.length, 1);
    assert.deepEqual(readdirSync(folder), ['work.pid']);
  });

  test('is refused while its owner lives, without the event loop standing still', async () => {
    const owner = Taker.start(lock);
    assert.equal(await owner.outcome, 'won');
    let turns = 0;
    const turning = setInterval(() => turns++, 20);
    await assert.rejects(lockForProcess(lock, { taken }), { message: `taken by ${owner.process.pid}` });
    clearInterval(turning);
    assert.ok(turns > 2, `${turns} turns`);
    await owner.kill();
  });

  test('is taken over from an owner that was killed', async () => {
    const owner = Taker.start(lock);
    assert.equal(await owner.outcome, 'won');
    await owner.kill();
    assert.ok(existsSync(lock));
    (await lockForProcess(lock, { taken }))();
    assert.deepEqual(readdirSync(folder), []);
  });

  for (const [name, delays] of [
    ['one is held up between its look and the removal', [[0], [700]]],
    ['the other is held up', [[700], [0]]],
    ['both are held up alike', [[300], [300]]],
    ['three are held up one behind the other', [[0], [400], [800]]],
  ] as const) {
    test(`that is stale has one winner when ${name}`, async () => {
      writeFileSync(lock, STALE);
      const takers = delays.map((each) => Taker.start(lock, each));
      const results = await outcomes(takers);
      const winner = takers[results.indexOf('won')];
      assert.equal(results.filter((result) => result === 'won').length, 1, results.join('; '));
      const lost = results.filter((result) => result !== 'won');
      assert.deepEqual(lost, new Array(takers.length - 1).fill(`taken by ${winner.process.pid}`));
      assert.match(readFileSync(lock, 'utf8'), new RegExp(`^${winner.process.pid}\\b`));
    });
  }

  test('that is stale is not lost with a taker that is killed during its takeover', async () => {
    writeFileSync(lock, STALE);
    const estate = `${lock}.${STALE.trim().replace(' ', '-')}`;
    const heir = Taker.start(estate);
    assert.equal(await heir.outcome, 'won');
    await heir.kill();
    (await lockForProcess(lock, { taken }))();
    assert.deepEqual(readdirSync(folder), []);
  });

  test('that says no number is taken over after a while', async () => {
    for (const nonsense of ['', 'a lock\n', '-1 5\n']) {
      writeFileSync(lock, nonsense);
      (await lockForProcess(lock, { taken }))();
    }
  });

  test('in a folder that is not there is a WriteError', async () => {
    await assert.rejects(lockForProcess(join(folder, 'none', 'lock'), { taken }), {
      name: 'WriteError',
      message: /none\/lock: cannot be written/,
    });
  });
});
