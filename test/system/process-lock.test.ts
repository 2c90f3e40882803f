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

/** The lock of a process that has ended: no process with this number started at the first tick. */
const STALE = `${process.pid + 1} 1\n`;

const taken = (owner: number): Error => new Error(`taken by ${owner}`);

/**
 * Another process that takes the lock, and is delayed before it takes over a stale lock. It reports its result and
 * continues to run.
 */
class Taker {
  private constructor(
    readonly process: ChildProcess,
    /** 'won', or the message of the error. */
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

/** Starts these processes, waits for the result of each, and ends them. */
async function outcomes(takers: readonly Taker[]): Promise<string[]> {
  try {
    return await Promise.all(takers.map((taker) => taker.outcome));
  } finally {
    await Promise.all(takers.map((taker) => taker.kill()));
  }
}

describe('the lock of a process', () => {
  test('names its owner, and leaves nothing after it is released', async () => {
    const release = await lockForProcess(lock, { taken });
    assert.match(readFileSync(lock, 'utf8'), new RegExp(`^${process.pid}\\b`));
    assert.deepEqual(readdirSync(folder), ['work.pid']);
    release();
    assert.deepEqual(readdirSync(folder), []);
  });

  test('is refused a second time in the process that has it', async () => {
    const release = await lockForProcess(lock, { taken });
    await assert.rejects(lockForProcess(lock, { taken }), { message: `taken by ${process.pid}` });
    release();
    (await lockForProcess(lock, { taken }))();
  });

  test('goes to one of many requests at the same time in one process', async () => {
    writeFileSync(lock, STALE);
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => lockForProcess(lock, { taken })));
    const won = results.filter(({ status }) => status === 'fulfilled');
    assert.equal(won.length, 1);
    assert.deepEqual(readdirSync(folder), ['work.pid']);
  });

  test('is refused while its owner is running, without blocking the event loop', async () => {
    const owner = Taker.start(lock);
    assert.equal(await owner.outcome, 'won');
    let turns = 0;
    const turning = setInterval(() => turns++, 20);
    await assert.rejects(lockForProcess(lock, { taken }), { message: `taken by ${owner.process.pid}` });
    clearInterval(turning);
    assert.ok(turns > 2, `${turns} turns`);
    await owner.kill();
  });

  test('is taken over from a killed owner', async () => {
    const owner = Taker.start(lock);
    assert.equal(await owner.outcome, 'won');
    await owner.kill();
    assert.ok(existsSync(lock));
    (await lockForProcess(lock, { taken }))();
    assert.deepEqual(readdirSync(folder), []);
  });

  for (const [name, delays] of [
    ['the second taker is delayed before it takes over', [[0], [700]]],
    ['the first taker is delayed', [[700], [0]]],
    ['both takers are equally delayed', [[300], [300]]],
    ['three takers have increasing delays', [[0], [400], [800]]],
  ] as const) {
    test(`has one winner when it is stale and ${name}`, async () => {
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

  test('can still be taken if a process is killed while it takes over a stale lock', async () => {
    writeFileSync(lock, STALE);
    const estate = `${lock}.${STALE.trim().replace(' ', '-')}`;
    const heir = Taker.start(estate);
    assert.equal(await heir.outcome, 'won');
    await heir.kill();
    (await lockForProcess(lock, { taken }))();
    assert.deepEqual(readdirSync(folder), []);
  });

  test('is taken over after a while if it has no number', async () => {
    for (const nonsense of ['', 'a lock\n', '-1 5\n']) {
      writeFileSync(lock, nonsense);
      (await lockForProcess(lock, { taken }))();
    }
  });

  test('throws a WriteError in a folder that does not exist', async () => {
    await assert.rejects(lockForProcess(join(folder, 'none', 'lock'), { taken }), {
      name: 'WriteError',
      message: /none\/lock: cannot be written/,
    });
  });
});
