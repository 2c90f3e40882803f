import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { packagePath } from '../../host/system/index.js';
import { configureTraining } from '../../host/training/configure.js';
import { openTrainingData } from '../../host/training/training-data.js';
import { whereAWorkerEnds } from '../system/dying-workers.js';

/** Returns the files of recordings that this process has open. */
function openRecordings(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)].filter((file) => file.includes('samples'));
    } catch {
      return [];
    }
  });
}

describe('the data of a training', { skip: existsSync('/proc/self/fd') ? false : 'no /proc' }, () => {
  const config = configureTraining(
    { data: packagePath('datasets/sample'), task: 'yes,no', preset: 'tiny', batchSize: 2 },
    null,
  );

  let cache: string;
  const before = process.env.SPIKEWORD_CACHE;
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), 'spikeword-training-data-'));
    process.env.SPIKEWORD_CACHE = cache;
  });
  afterEach(() => {
    if (before === undefined) delete process.env.SPIKEWORD_CACHE;
    else process.env.SPIKEWORD_CACHE = before;
    rmSync(cache, { recursive: true });
  });

  test('keep the training clips open until they are closed, and no file after that', async () => {
    assert.deepEqual(openRecordings(), []);
    const data = await openTrainingData(config, { threads: 1 });
    const open = openRecordings();
    await data.close();
    assert.ok(open.length > 0);
    assert.deepEqual(openRecordings(), []);
  });

  test('leave no file open if they cannot be computed', async () => {
    await assert.rejects(
      whereAWorkerEnds(() => openTrainingData(config, { threads: 2 })),
      /a worker thread ended/,
    );
    assert.deepEqual(openRecordings(), []);
  });
});
