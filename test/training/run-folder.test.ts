import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { NetworkError, UsageError } from '../../host/core/error.js';
import { encodeTensors } from '../../host/core/network/index.js';
import { RunError } from '../../host/system/error.js';
import { defaultConfig } from '../../host/training/defaults.js';
import { describeEnvironment } from '../../host/training/environment.js';
import { RunFolder, readConfig } from '../../host/training/run-folder.js';
import { readState, writeState } from '../../host/training/training-state.js';

const config = defaultConfig({ data: 'words', task: 'gsc-17', classes: 17, preset: 'tiny' });
const dataset = { name: 'words', digest: 'abc', trainingClips: 10, validationClips: 5 };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spikeword-run-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('run folder', () => {
  test('opens a run with the configuration that it was created with', () => {
    RunFolder.create(join(folder, 'a', 'run'), config).beginSession(dataset, describeEnvironment(2, 0));
    assert.deepEqual(RunFolder.open(join(folder, 'a', 'run')).config, config);
  });

  test('does not write into a folder that is not empty', () => {
    writeFileSync(join(folder, 'thesis.txt'), 'precious');
    assert.throws(() => RunFolder.create(folder, config), UsageError);
    assert.deepEqual(readdirSync(folder), ['thesis.txt']);
  });

  test('writes nothing before the first session', () => {
    RunFolder.create(join(folder, 'refused'), config);
    assert.deepEqual(readdirSync(folder), []);
  });

  test('suggests --resume for a folder that contains a run', () => {
    RunFolder.create(folder, config).beginSession(dataset, describeEnvironment(2, 0));
    assert.throws(() => RunFolder.create(folder, config), /--resume/);
  });

  test('refuses to open a folder without a run', () => {
    assert.throws(() => RunFolder.open(folder), RunError);
  });

  test('names the file and the fault of a damaged configuration', () => {
    const path = join(folder, 'config.json');
    writeFileSync(path, '{"epochs": ');
    assert.throws(() => readConfig(path), /config\.json: is not JSON/);
    writeFileSync(path, JSON.stringify({ ...config, epochs: 0 }));
    assert.throws(() => readConfig(path), /config\.json: training: epochs is 0/);
    assert.throws(() => readConfig(join(folder, 'none.json')), /cannot be read/);
  });

  test('records every session, and refuses other recordings than those of the first', () => {
    const run = RunFolder.create(folder, config);
    run.beginSession(dataset, describeEnvironment(2, 0));
    run.beginSession(dataset, describeEnvironment(4, 3));
    const noted = JSON.parse(readFileSync(run.file('environment'), 'utf8'));
    assert.deepEqual(
      noted.sessions.map((session: { threads: number; epochsBefore: number }) => [
        session.threads,
        session.epochsBefore,
      ]),
      [
        [2, 0],
        [4, 3],
      ],
    );
    assert.throws(() => run.beginSession({ ...dataset, digest: 'def' }, describeEnvironment(2, 3)), /abc.*def/);
    const heard = { ...dataset, ambient: [{ name: 'rooms', digest: '123' }] };
    assert.throws(
      () => run.beginSession(heard, describeEnvironment(2, 3)),
      /different ambient sound \(none; this is digest 123\)/,
    );
  });

  test('refuses other ambient sound for validation, which decides which epoch is kept', () => {
    const run = RunFolder.create(folder, config);
    const heard = (validationDigest: string) => ({
      ...dataset,
      ambient: [{ name: 'rooms', digest: '123', validationDigest }],
    });
    run.beginSession(heard('456'), describeEnvironment(2, 0));
    run.beginSession(heard('456'), describeEnvironment(2, 1));
    assert.throws(
      () => run.beginSession(heard('789'), describeEnvironment(2, 1)),
      /\(digest 123, of validation 456; this is digest 123, of validation 789\)/,
    );
  });

  /** Starts a process that occupies the folder until it is killed. */
  async function occupant(): Promise<ChildProcess> {
    const lock = new URL('../../host/training/run-lock.js', import.meta.url).href;
    const code = `import(${JSON.stringify(lock)}).then(async (m) => { await m.occupyFolder(process.argv[1]); console.log('occupied'); setInterval(() => {}, 1000); })`;
    const child = spawn(process.execPath, ['-e', code, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    return child;
  }

  test('is not shared with another process that trains in it', async () => {
    const other = await occupant();
    try {
      const run = RunFolder.create(folder, config);
      await assert.rejects(run.occupy(), new RegExp(`process ${other.pid} is training in it`));
      assert.deepEqual(readdirSync(folder), ['training.pid']);
    } finally {
      other.kill();
    }
  });

  test('is taken over at once from a process that is being killed, and loses its half-written files', async () => {
    const other = await occupant();
    for (const name of ['config.json.17.part', 'last.safetensors.17.part', 'training.pid.17-1'])
      writeFileSync(join(folder, name), '');
    other.kill('SIGKILL');
    // Its end is not awaited: until this process reads its exit status, the system still lists it.
    const release = await RunFolder.create(folder, config).occupy();
    assert.deepEqual(readdirSync(folder), ['training.pid']);
    assert.match(readFileSync(join(folder, 'training.pid'), 'utf8'), new RegExp(`^${process.pid}\\b`));
    release();
    assert.deepEqual(readdirSync(folder), []);
  });

  test('is not blocked by another process that has the number of the last owner', async () => {
    writeFileSync(join(folder, 'training.pid'), `${process.ppid} 1\n`);
    const release = await RunFolder.create(folder, config).occupy();
    release();
    assert.deepEqual(readdirSync(folder), []);
  });

  test('is refused if another run has begun in it since it was found empty', async () => {
    const late = RunFolder.create(folder, config);
    const early = RunFolder.create(folder, { ...config, seed: 2 });
    const release = await early.occupy();
    early.beginSession(dataset, describeEnvironment(2, 0));
    release();
    await assert.rejects(late.occupy(), UsageError);
    assert.equal(RunFolder.open(folder).config.seed, 2);
  });

  test('refuses a file in place of the folder', () => {
    writeFileSync(join(folder, 'file'), '');
    assert.throws(() => RunFolder.create(join(folder, 'file'), config), UsageError);
  });

  test('names the file and the fault of a damaged log, environment or state', () => {
    const run = RunFolder.create(folder, config);
    writeFileSync(run.file('log'), '{"epoch":1}\n{"epo');
    assert.throws(() => run.readLog(), /log\.jsonl: line 2: is not JSON/);
    for (const damage of ['{"data', 'null', '{}']) {
      writeFileSync(run.file('environment'), damage);
      assert.throws(() => run.beginSession(dataset, describeEnvironment(2, 0)), RunError);
    }
    writeFileSync(run.file('state'), encodeTensors(new Map(), { format: 'spikeword' }));
    assert.throws(
      () => readState(run.file('state')),
      /state\.safetensors: is a safetensors file, but not the saved state of a run/,
    );
    writeFileSync(run.file('state'), readFileSync(run.file('log')));
    assert.throws(() => readState(run.file('state')), NetworkError);
  });

  test('writes neither the host name nor the home folder into the environment', () => {
    const text = JSON.stringify(describeEnvironment(2, 0));
    assert.ok(!text.includes(homedir()) && !text.includes(`"${hostname()}"`));
  });

  test('reads a state as it was written, and null before the first epoch', () => {
    const path = join(folder, 'state.safetensors');
    assert.equal(readState(path), null);
    const state = {
      epoch: 3,
      step: 42,
      bestEpoch: 2,
      bestMissRate: 0.75,
      bestAccuracy: 0.5,
      bestLoss: 1.25,
      parameters: new Map([['stem.weight', Float32Array.of(1, 2, 3)]]),
      optimizer: new Map([['m/stem.weight', Float32Array.of(4, 5, 6)]]),
    };
    writeState(path, state);
    assert.deepEqual(readState(path), state);
  });

  test('reads the state of a version that heard no streams', () => {
    const path = join(folder, 'state.safetensors');
    const counters = { epoch: 3, step: 42, bestEpoch: 2, bestAccuracy: 0.5, bestLoss: 1.25 };
    const metadata = { format: 'spikeword-state', state: JSON.stringify(counters) };
    writeFileSync(path, encodeTensors(new Map(), metadata));
    const expected = { ...counters, bestMissRate: null, parameters: new Map(), optimizer: new Map() };
    assert.deepEqual(readState(path), expected);
  });
});
