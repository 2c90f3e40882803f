import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readCheckpoint } from '../../host/model/index.js';
import { packagePath } from '../../host/system/package-files.js';
import {
  configureTraining,
  type EpochLog,
  fitBatch,
  RunFolder,
  type TrainingConfig,
  type TrainingResult,
  trainRun,
} from '../../host/training/index.js';
import { unwrapped } from '../cli/spikeword.js';

const TASK = 'yes,no,up,down,left,right,stop,go';
const CHECKPOINTS = ['best.safetensors', 'last.safetensors', 'state.safetensors'];
const FILES = [
  'best.safetensors',
  'config.json',
  'environment.json',
  'last.safetensors',
  'log.csv',
  'log.jsonl',
  'state.safetensors',
];
const EPOCHS = 4;

let folder: string;
let config: TrainingConfig;
/** The result of an uninterrupted run on one thread. */
let uninterrupted: TrainingResult;

const run = (name: string): string => join(folder, name);
const epochsOf = (path: string): EpochLog[] =>
  readFileSync(join(path, 'log.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

function assertSameCheckpoints(actual: string, expected: string): void {
  for (const file of CHECKPOINTS) {
    const same = readFileSync(join(actual, file)).equals(readFileSync(join(expected, file)));
    assert.ok(same, `${file} differs`);
  }
}

/** Runs the command line; calls `onLine` with each line of stderr. */
function spikeword(
  args: string[],
  onLine?: (line: string, kill: (signal?: NodeJS.Signals) => void) => void,
  node: { readonly options: string[]; readonly env: Readonly<Record<string, string>> } = { options: [], env: {} },
) {
  const child = spawn(process.execPath, [...node.options, packagePath('dist/host/cli/main.js'), ...args], {
    env: { ...process.env, ...node.env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
    for (const line of String(data).split('\n')) onLine?.(line, (signal = 'SIGKILL') => child.kill(signal));
  });
  return new Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }>((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })),
  );
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'spikeword-train-'));
  process.env.SPIKEWORD_CACHE = join(folder, 'cache');
  const data = packagePath('datasets/sample');
  config = configureTraining({ data, task: TASK, preset: 'tiny', epochs: EPOCHS }, null);
  uninterrupted = await trainRun(config, RunFolder.create(run('one'), config), { threads: 1 });
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe('training', () => {
  for (const threads of [2, 4]) {
    test(`gives the same checkpoints on ${threads} threads as on one, byte for byte`, async () => {
      const name = `threads-${threads}`;
      await trainRun(config, RunFolder.create(run(name), config), { threads });
      assertSameCheckpoints(run(name), run('one'));
    });
  }

  test('starts from the weights and features of another network, and ends with the same bytes when killed', async () => {
    const from = join(run('one'), 'best.safetensors');
    const overrides = { data: config.data, from, epochs: 2, learningRate: 1e-3, batchSize: config.batchSize };
    const further = configureTraining(overrides, null);
    assert.deepEqual([further.task, further.network], [config.task, config.network], 'those of the network');
    await trainRun(further, RunFolder.create(run('further'), further), { threads: 2 });
    const [first] = epochsOf(run('further'));
    assert.ok(first.loss < epochsOf(run('one'))[0].loss / 1.2, 'it knows something from the start');
    assert.deepEqual(readCheckpoint(join(run('further'), 'last.safetensors')).features, readCheckpoint(from).features);
    const args = [
      'train',
      '--data',
      config.data,
      '--from',
      from,
      '--epochs',
      '2',
      '--lr',
      '1e-3',
      '--batch',
      String(config.batchSize),
    ];
    const path = run('further-killed');
    await spikeword([...args, '--out', path], (line, kill) => line.startsWith('epoch 1/2') && kill());
    assert.equal((await spikeword(['train', '--resume', path])).code, 0);
    assertSameCheckpoints(path, run('further'));
  });

  test('starts from a checkpoint with other labels, and says what it keeps', async () => {
    const from = join(run('one'), 'best.safetensors');
    const args = ['--data', config.data, '--from', from, '--task', 'up,no,_unknown_', '--epochs', '1', '--batch', '32'];
    const { code, stderr } = await spikeword(['train', ...args, '--out', run('other-labels')]);
    assert.equal(code, 0, stderr);
    assert.match(unwrapped(stderr), /best\.safetensors: every layer is kept, and the labels up no; new: _unknown_/);
    assert.deepEqual(readCheckpoint(join(run('other-labels'), 'last.safetensors')).labels, ['up', 'no', '_unknown_']);
  });

  test('turns a network of relu into a spiking one', async () => {
    const rectified = configureTraining(
      { data: config.data, task: TASK, preset: 'tiny', neuron: 'relu', epochs: 3 },
      null,
    );
    await trainRun(rectified, RunFolder.create(run('relu'), rectified), { threads: 2 });
    const from = join(run('relu'), 'best.safetensors');
    const spiking = configureTraining({ from, neuron: 'atif-nu', epochs: 1, learningRate: 1e-3 }, rectified);
    await trainRun(spiking, RunFolder.create(run('spiking'), spiking), { threads: 2 });
    const { spec, parameters } = readCheckpoint(join(run('spiking'), 'last.safetensors'));
    assert.deepEqual([spec.neuron, parameters.get('stem.thresholds')!.length], ['atif-nu', 4]);
    const [first] = epochsOf(run('spiking'));
    const untrained = epochsOf(run('relu'))[0];
    assert.ok(first.loss < untrained.loss, `${first.loss}, ${untrained.loss}: it knows something from the start`);
    const { mean } = first.spikesPerNeuron!;
    assert.ok(mean > 0.02 && mean < 0.8, `${mean} spikes per neuron: neither silent nor always on`);
  });

  test('learns from another network: the same bytes on any number of threads, and when killed', async () => {
    const teacher = join(run('relu'), 'best.safetensors');
    const settings = { data: config.data, task: TASK, preset: 'tiny', epochs: 2 };
    const taught = configureTraining({ ...settings, teacher, distillation: 0.8 }, null);
    assert.deepEqual([taught.teacher?.weight, taught.teacher?.temperature], [0.8, 2]);
    await trainRun(taught, RunFolder.create(run('taught'), taught), { threads: 1 });
    const alone = configureTraining(settings, null);
    await trainRun(alone, RunFolder.create(run('alone'), alone), { threads: 2 });
    const bytes = ['taught', 'alone'].map((name) => readFileSync(join(run(name), 'last.safetensors'), 'hex'));
    assert.notEqual(bytes[0], bytes[1], 'it learns something else');
    const file = run('taught.json');
    writeFileSync(file, JSON.stringify(taught));
    const args = ['train', '--config', file, '--threads', '2', '--out', run('taught-killed')];
    await spikeword(args, (line, kill) => line.startsWith('epoch 1/2') && kill());
    assert.equal((await spikeword(['train', '--resume', run('taught-killed')])).code, 0);
    assertSameCheckpoints(run('taught-killed'), run('taught'));
  });

  test('refuses a teacher that has changed, or with other labels or another input, and one for PyTorch', async () => {
    const teacher = join(run('relu'), 'best.safetensors');
    const taught = configureTraining({ data: config.data, task: TASK, preset: 'tiny', teacher }, null);
    const refusal = async (changes: object, message: RegExp, options: object = {}): Promise<void> => {
      const changed = { ...taught, ...changes } as TrainingConfig;
      const folder = RunFolder.create(run('refused'), changed);
      const expected = { name: 'TrainingConfigError', message };
      await assert.rejects(trainRun(changed, folder, { threads: 1, ...options }), expected);
    };
    await refusal(
      { teacher: { ...taught.teacher, sha256: '0'.repeat(64) } },
      /is not the checkpoint that this run learns/,
    );
    const others = { task: 'yes,no', network: { ...taught.network, classes: 2 } };
    await refusal(others, /has the labels yes no up .* go, but a teacher needs those of the task: yes no$/);
    const network = { ...taught.network, input: { ...taught.network.input, frames: 98 } };
    await refusal({ network }, /has an input of 49 × 10, but a teacher needs that of the network: 98 × 10$/);
    await refusal({}, /^training: PyTorch does not learn from a teacher/, { torch: { device: 'cpu', processes: 1 } });
    assert.equal(existsSync(run('refused')), false);
  });

  test('refuses to start from a checkpoint that has changed, or that has other layers', async () => {
    const from = join(run('one'), 'best.safetensors');
    const begun = configureTraining({ data: config.data, from }, null);
    const refusal = async (changes: object, expected: RegExp): Promise<void> => {
      const changed = { ...begun, ...changes } as TrainingConfig;
      await assert.rejects(trainRun(changed, RunFolder.create(run('refused'), changed), { threads: 1 }), expected);
    };
    const { file } = begun.from!;
    await refusal({ from: { file, sha256: '0'.repeat(64) } }, /is not the checkpoint that this run starts from/);
    await refusal({ network: { ...begun.network, timesteps: 3 } }, /is a checkpoint of a different network/);
    assert.equal(existsSync(run('refused')), false);
  });

  test('gives other weights for another seed', async () => {
    const other = { ...config, seed: config.seed + 1, epochs: 1 };
    await trainRun(other, RunFolder.create(run('other-seed'), other), { threads: 2 });
    const first = { ...config, epochs: 1 };
    await trainRun(first, RunFolder.create(run('first-seed'), first), { threads: 2 });
    const weight = (name: string) => readCheckpoint(join(run(name), 'last.safetensors')).parameters.get('stem.weight');
    assert.notDeepEqual(weight('other-seed'), weight('first-seed'));
  });

  test('ends with the same bytes after SIGKILL in the middle of an epoch and --resume', async () => {
    const path = run('killed');
    writeFileSync(run('config.json'), JSON.stringify(config));
    let seen = '';
    const killed = await spikeword(
      ['train', '--config', run('config.json'), '--out', path, '--threads', '2'],
      (line, kill) => {
        // When this line arrives, the second epoch is finished and the third has begun.
        if (!line.startsWith('epoch 2/')) return;
        seen = line;
        kill();
      },
    );
    assert.equal(killed.signal, 'SIGKILL', killed.stderr);
    assert.notEqual(seen, '');
    assert.ok(epochsOf(path).length < EPOCHS, 'it was killed before the end');

    const resumed = await spikeword(['train', '--resume', path, '--threads', '1', '--json']);
    assert.equal(resumed.code, 0, resumed.stderr);
    assertSameCheckpoints(path, run('one'));
    assert.deepEqual(
      epochsOf(path).map(({ epoch, loss, validationAccuracy }) => ({ epoch, loss, validationAccuracy })),
      epochsOf(run('one')).map(({ epoch, loss, validationAccuracy }) => ({ epoch, loss, validationAccuracy })),
    );
    const { sessions } = JSON.parse(readFileSync(join(path, 'environment.json'), 'utf8'));
    assert.equal(sessions.length, 2);
    assert.deepEqual(readdirSync(path).sort(), FILES);
  });

  for (const [name, nth] of [
    ['best.safetensors', 1],
    ['last.safetensors', 3],
    ['log.jsonl', 2],
    ['state.safetensors', 2],
  ] as const) {
    test(`ends with the same bytes and no half-written file when killed twice while it writes ${name}`, async () => {
      const path = run(`half-${name}`);
      const options = ['--import', new URL('./kill-in-write.js', import.meta.url).href];
      const kill = (args: string[], at: number) =>
        spikeword(['train', ...args], undefined, { options, env: { KILL_IN_WRITE: `${name}:${at}` } });
      const first = await kill(['--config', join(run('one'), 'config.json'), '--out', path, '--threads', '2'], nth);
      assert.equal(first.signal, 'SIGKILL', first.stderr);
      assert.equal((await kill(['--resume', path, '--threads', '4'], 1)).signal, 'SIGKILL');
      assert.ok(
        readdirSync(path).some((file) => file.endsWith('.part')),
        'it was killed in the middle of a file',
      );
      const resumed = await spikeword(['train', '--resume', path, '--threads', '1']);
      assert.equal(resumed.code, 0, resumed.stderr);
      assertSameCheckpoints(path, run('one'));
      assert.deepEqual(readdirSync(path).sort(), FILES);
    });
  }

  test('refuses another process in its folder, and leaves only whole files after Ctrl-C', async () => {
    const path = run('interrupted');
    let second: ReturnType<typeof spikeword> | null = null;
    const args = ['train', '--config', join(run('one'), 'config.json'), '--epochs', '10000', '--out', path];
    const { code } = await spikeword(args, (line, kill) => {
      if (!line.startsWith('epoch 1/')) return;
      second = spikeword(['train', '--resume', path]);
      void second.then(() => kill('SIGINT'));
    });
    assert.equal(code, 130);
    assert.deepEqual(readdirSync(path).sort(), FILES);
    const refused = await (second as unknown as ReturnType<typeof spikeword>);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /process \d+ is training in it/);
  });

  test('repeats a run from its configuration, byte for byte', async () => {
    const { code, stderr } = await spikeword([
      'train',
      '--config',
      join(run('one'), 'config.json'),
      '--out',
      run('repeated'),
    ]);
    assert.equal(code, 0, stderr);
    assertSameCheckpoints(run('repeated'), run('one'));
    const configOf = (name: string): string => readFileSync(join(run(name), 'config.json'), 'utf8');
    assert.equal(configOf('repeated'), configOf('one'));
  });

  for (const neuron of ['atif-u', 'relu']) {
    test(`ends with an error when ${neuron} diverges, and leaves no weights that are not numbers`, async () => {
      const path = run(`diverging-${neuron}`);
      const args = ['train', '--data', packagePath('datasets/sample'), '--task', 'yes,no', '--preset', 'tiny'];
      args.push('--neuron', neuron, '--epochs', '60', '--batch', '20', '--optimizer', 'sgd', '--lr', '10');
      args.push('--weight-decay', '10', '--clip', '0', '--warmup', '0', '--out', path);
      const { code, stderr } = await spikeword(args);
      assert.equal(code, 1);
      assert.match(
        stderr,
        /TrainingError: .* epoch \d+.*: use a lower --lr than 10, or limit the gradient with --clip/,
      );
      assert.equal(/^relu: no board runs this network, but .* makes a spiking one/.test(stderr), neuron === 'relu');
      const { parameters } = readCheckpoint(join(path, 'last.safetensors'));
      for (const [name, tensor] of parameters) assert.ok(tensor.every(Number.isFinite), name);
    });
  }

  test('trains an epoch again that is in the log but was killed before its state was written', async () => {
    cpSync(run('one'), run('no-state'), { recursive: true });
    rmSync(join(run('no-state'), 'state.safetensors'));
    const { run: opened, config: kept } = RunFolder.open(run('no-state'));
    await trainRun(kept, opened, { threads: 2 });
    assertSameCheckpoints(run('no-state'), run('one'));
    assert.deepEqual(
      epochsOf(run('no-state')).map(({ epoch }) => epoch),
      [1, 2, 3, 4],
    );
  });

  test('trains nothing when a finished run is resumed, and reports this and the result', async () => {
    const { code, stdout, stderr } = await spikeword(['train', '--resume', run('one'), '--json']);
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), uninterrupted);
    assert.match(
      stderr,
      /^\S+one: already finished after 4 epochs, so nothing was\s+trained; [\s\S]* --config\s+\S+config\.json /,
    );
    assert.equal(epochsOf(run('one')).length, EPOCHS);
  });

  test('keeps the epoch that is most accurate on validation, with the least loss among equals', async () => {
    // Two words are soon told apart, so many epochs are equally good.
    const choice = { data: packagePath('datasets/sample'), task: 'yes,no', preset: 'tiny', seed: 3, epochs: 12 };
    const words = configureTraining(choice, null);
    const { bestEpoch } = await trainRun(words, RunFolder.create(run('words'), words), { threads: 2 });
    const epochs = epochsOf(run('words'));
    const accuracies = epochs.map(({ validationAccuracy }) => validationAccuracy);
    const most = Math.max(...accuracies);
    const equals = epochs.filter(({ validationAccuracy }) => validationAccuracy === most);
    const least = equals.reduce((a, b) => (b.validationLoss < a.validationLoss ? b : a));
    assert.ok(equals.length > 1 && least !== equals[0], 'there is something to decide');
    assert.equal(bestEpoch, least.epoch);
    const { provenance } = readCheckpoint(join(run('words'), 'best.safetensors'));
    assert.equal(provenance.epochs, bestEpoch);
    assert.equal(provenance.validationAccuracy, most);
    assert.equal(readCheckpoint(join(run('words'), 'last.safetensors')).provenance.epochs, 12);
  });

  test('logs the loss, both accuracies, spikes, thresholds, speed and time left of every epoch', () => {
    const epochs = epochsOf(run('one'));
    assert.equal(epochs.length, EPOCHS);
    for (const [k, epoch] of epochs.entries()) {
      assert.equal(epoch.epoch, k + 1);
      assert.ok(epoch.loss > 0 && epoch.validationLoss > 0);
      for (const accuracy of [epoch.trainingAccuracy, epoch.validationAccuracy])
        assert.ok(accuracy >= 0 && accuracy <= 1);
      const spikes = epoch.spikesPerNeuron;
      assert.ok(spikes !== null);
      const layers = Object.values(spikes.layers);
      assert.deepEqual(Object.keys(spikes.layers), Object.keys(epoch.thresholds));
      assert.ok(layers.every((n) => n >= 0 && n <= 4));
      assert.ok(Math.abs(spikes.mean - layers.reduce((a, b) => a + b, 0) / layers.length) < 1e-12);
      assert.ok(spikes.weighted >= Math.min(...layers) && spikes.weighted <= Math.max(...layers));
      assert.ok(Object.values(epoch.thresholds).every(([threshold]) => threshold > 0));
      assert.ok(epoch.clipsPerSecond > 0 && epoch.seconds > 0);
    }
    assert.equal(epochs[EPOCHS - 1].secondsLeft, 0);
    assert.ok(epochs[EPOCHS - 1].loss < epochs[0].loss, 'the loss falls');
  });

  test('leaves only the files of a run in its folder', () => {
    assert.deepEqual(readdirSync(run('one')).sort(), FILES);
  });
});

describe('the train command', () => {
  for (const [fault, args, message] of [
    ['no --out', ['--data', 'x'], '--out is missing'],
    ['no --data', ['--out', 'x'], '--data is missing'],
    ['a preset that does not exist', ['--preset', 'huge', '--data', 'x', '--out', 'y'], 'huge'],
    [
      'a number of epochs that is not a number',
      ['--epochs', 'ten', '--data', 'x', '--out', 'y'],
      'expected a whole number from 1 to 10000',
    ],
    [
      'timesteps out of range',
      ['--timesteps', '0', '--data', 'x', '--out', 'y'],
      "'--timesteps <n>' argument '0' is invalid. expected a whole number from 1 to 32",
    ],
    [
      'a slope out of range',
      ['--surrogate-slope', '0', '--data', 'x', '--out', 'y'],
      'expected a number above 0, at most 100',
    ],
    [
      'a learning rate out of range',
      ['--lr', '-1', '--data', 'x', '--out', 'y'],
      "'--lr <rate>' argument '-1' is invalid. expected a number from 1e-8 to 10",
    ],
    ['other settings for a resumed run', ['--resume', 'x', '--lr', '0.1'], 'leave out --lr'],
  ] as const) {
    test(`refuses ${fault} with exit code 2`, async () => {
      const { code, stderr, stdout } = await spikeword(['train', ...args]);
      assert.equal(code, 2, stderr);
      assert.ok(stderr.includes(message), stderr);
      assert.equal(stdout, '');
    });
  }

  test('refuses a run folder that is not empty, and writes nothing into it', async () => {
    const before = readFileSync(join(run('one'), 'config.json'), 'utf8');
    const args = ['train', '--data', packagePath('datasets/sample'), '--task', TASK, '--out', run('one')];
    const { code, stderr } = await spikeword(args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /is not empty; use --resume/);
    assert.equal(readFileSync(join(run('one'), 'config.json'), 'utf8'), before);
  });

  test('uses all clips as one batch if the batch of the preset is larger, as if --batch gave that number', async () => {
    const data = packagePath('datasets/sample');
    // Twenty speakers of the sample are in the training split, each with one clip of every word.
    const clips = 40;
    const args = ['train', '--data', data, '--task', 'yes,no', '--preset', 'small', '--epochs', '1'];
    for (const [name, batch] of [
      ['fitted', []],
      ['given', ['--batch', `${clips}`]],
    ] as const) {
      const { code, stderr } = await spikeword([...args, ...batch, '--out', run(name)]);
      assert.equal(code, 0, stderr);
      assert.equal(/^batches have 40 clips: .* than the 128 of the preset$/m.test(stderr), name === 'fitted');
    }
    assert.equal(RunFolder.open(run('fitted')).config.batchSize, clips);
    assert.deepEqual(RunFolder.open(run('fitted')).config, RunFolder.open(run('given')).config);
    assertSameCheckpoints(run('fitted'), run('given'));
  });

  test('keeps the batch of the preset if there are enough clips', () => {
    assert.deepEqual(fitBatch(config), config);
  });

  test('refuses a batch larger than the training split', async () => {
    const args = ['train', '--data', packagePath('datasets/sample'), '--task', TASK, '--batch', '4000'];
    const { code, stderr } = await spikeword([...args, '--out', run('large-batch')]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /a batch has 4000 clips, but there are only \d+ training clips/);
    assert.ok(!existsSync(run('large-batch')), 'no folder is in the way of the next try');
  });
});
