import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { TrainingError } from '../../host/core/error.js';
import { packagePath } from '../../host/system/package-files.js';
import { configureTraining, RunFolder, type TrainingConfig, trainRun } from '../../host/training/index.js';
import { unwrapped } from '../cli/spikeword.js';
import { noTorch } from './setup.js';

const DATA = packagePath('datasets/sample');
const EPOCHS = 3;

let folder: string;
let config: TrainingConfig;
const run = (name: string): string => join(folder, name);

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'spikeword-torch-runs-'));
  process.env.SPIKEWORD_CACHE = join(folder, 'cache');
  config = configureTraining({ data: DATA, task: 'yes,no,up,down', preset: 'tiny', epochs: EPOCHS }, null);
});
after(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line; calls `onLine` with each line of stderr. Its temporary files are in the test's folder. */
function spikeword(
  args: readonly string[],
  onLine: (line: string, kill: (signal: NodeJS.Signals) => void) => void = () => {},
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [packagePath('dist/host/cli/main.js'), ...args], {
    env: { ...process.env, TMPDIR: folder, ...env },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => {
    output.stdout += data;
  });
  child.stderr.on('data', (data) => {
    output.stderr += data;
    for (const line of String(data).split('\n')) onLine(line, (signal) => child.kill(signal));
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...output })));
}

const beginning = (name: string): string[] => {
  const words = ['train', '--data', DATA, '--task', 'yes,no,up,down', '--preset', 'tiny', '--engine', 'torch'];
  return [...words, '--epochs', `${EPOCHS}`, '--device', 'cpu', '--out', run(name)];
};

const bytes = (name: string, file: string): Buffer => readFileSync(join(run(name), file));

function assertSameRun(actual: string, expected: string): void {
  for (const file of ['best.safetensors', 'last.safetensors', 'state.safetensors']) {
    assert.ok(bytes(actual, file).equals(bytes(expected, file)), `${file} differs`);
  }
}

/** Resolves when no process has this id any more. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a training with PyTorch', { skip: noTorch }, () => {
  const pids: number[] = [];

  before(async () => {
    // the run that nothing disturbs
    await trainRun(config, RunFolder.create(run('whole'), config), {
      threads: 2,
      torch: { device: 'cpu', processes: 2 },
      onTorch: (report) => pids.push(...report.pids),
    });
  });

  test('leaves the files of a run, says what computed, and quantises like any other', async () => {
    const files = ['config.json', 'environment.json', 'log.csv', 'log.jsonl'];
    assert.deepEqual(
      readdirSync(run('whole')).sort(),
      ['best.safetensors', 'last.safetensors', 'state.safetensors', ...files].sort(),
    );
    const { sessions } = JSON.parse(bytes('whole', 'environment.json').toString());
    const { name, processes, device, backend } = sessions[0].engine;
    assert.deepEqual([name, processes, device, backend], ['torch', 2, 'cpu', 'gloo']);
    const log = bytes('whole', 'log.jsonl').toString().trim().split('\n');
    assert.equal(log.length, EPOCHS);
    for (const line of log) {
      const { idleShare, loss, spikesPerNeuron } = JSON.parse(line);
      assert.ok(idleShare >= 0 && idleShare < 1 && loss > 0 && spikesPerNeuron.mean > 0, line);
    }
    const { code, stderr } = await spikeword(['quantize', run('whole')]);
    assert.equal(code, 0, stderr);
  });

  test('ends its processes', async () => {
    assert.equal(pids.length, 2);
    await Promise.all(pids.map(gone));
  });

  test('ends with a message if a process is killed, and goes on to the same bytes', async () => {
    let victim = 0;
    const training = trainRun(config, RunFolder.create(run('killed'), config), {
      threads: 2,
      torch: { device: 'cpu', processes: 2 },
      onTorch: (report) => {
        victim = report.pids[1];
      },
      onEpoch: ({ epoch }) => {
        if (epoch === 1) process.kill(victim, 'SIGKILL');
      },
    });
    await assert.rejects(training, (fault: Error) => {
      assert.ok(fault instanceof TrainingError);
      assert.match(
        fault.message,
        /^the torch engine has failed: process 1 \(pid \d+\) was killed by signal 9; train --resume continues after/,
      );
      assert.ok(fault.message.includes(`pid ${victim}`), fault.message);
      return true;
    });
    const { code, stderr } = await spikeword(['train', '--resume', run('killed'), '--device', 'cpu', '--nproc', '2']);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^PyTorch \S+ on cpu .*, 2 processes/m, 'it keeps its engine');
    assertSameRun('killed', 'whole');
  });

  test('ends on Ctrl-C with all of its processes and files, and goes on to the same bytes', async () => {
    const { code } = await spikeword([...beginning('stopped'), '--nproc', '2'], (line, kill) => {
      if (line.startsWith('epoch 1/')) kill('SIGINT');
    });
    assert.equal(code, 130);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('spikeword-torch-')),
      [],
    );
    const { code: resumed, stderr } = await spikeword(['train', '--resume', run('stopped'), '--nproc', '2']);
    assert.equal(resumed, 0, stderr);
    assertSameRun('stopped', 'whole');
  });

  test('runs on two machines, of which one has the recordings', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    // as many threads for a process as in the other runs
    const machines = ['--threads', '1', '--nnodes', '2', '--rendezvous', `127.0.0.1:${port}`];
    const other = ['train', '--engine', 'torch', '--device', 'cpu', ...machines, '--node-rank', '1'];
    const [first, second] = await Promise.all([spikeword([...beginning('two'), ...machines]), spikeword(other)]);
    assert.equal(first.code, 0, first.stderr);
    assert.equal(second.code, 0, second.stderr);
    assert.match(first.stderr, /2 processes, which talk through gloo/);
    assertSameRun('two', 'whole');
  });
});

describe('the options of PyTorch', () => {
  for (const [fault, args, message] of [
    ['a device without the engine', ['--device', 'cpu'], '--device only with --engine torch'],
    [
      'machines without a place to meet',
      ['--engine', 'torch', '--nnodes', '2'],
      '--nnodes needs --rendezvous HOST:PORT',
    ],
    [
      'a machine that is not among them',
      ['--engine', 'torch', '--nnodes', '2', '--node-rank', '2', '--rendezvous', 'a:1'],
      '--node-rank is 2, expected 0 to 1',
    ],
    [
      'a place without a port',
      ['--engine', 'torch', '--nnodes', '2', '--rendezvous', 'host'],
      '--rendezvous is "host", expected HOST:PORT',
    ],
  ] as const) {
    test(`are refused with exit code 2: ${fault}`, async () => {
      const { code, stderr } = await spikeword(['train', '--data', DATA, '--out', run('refused'), ...args]);
      assert.equal(code, 2, stderr);
      assert.ok(unwrapped(stderr).includes(message), stderr);
    });
  }

  test('name what a Python lacks, and leave no folder', async () => {
    const env = { SPIKEWORD_PYTHON: process.execPath };
    const { code, stderr } = await spikeword(beginning('without'), () => {}, env);
    assert.equal(code, 1, stderr);
    assert.match(
      unwrapped(stderr),
      /TrainingError: the torch engine needs a Python with torch, numpy, safetensors .*npm run setup:torch/,
    );
    assert.ok(!readdirSync(folder).includes('without'));
  });
});
