import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { NetworkError } from '../../host/core/error.js';
import { networkToGraph } from '../../host/core/interchange/index.js';
import { presetNetwork } from '../../host/core/network/index.js';
import { importNetwork, readCheckpoint, writeCheckpoint, writeNir } from '../../host/model/index.js';
import { spikeword, unwrapped } from '../cli/spikeword.js';
import { firingCheckpoint, randomFeatures, referenceSpikes } from './networks.js';

const scratch = mkdtempSync(join(tmpdir(), 'spikeword-nir-'));
after(() => rmSync(scratch, { recursive: true }));
const at = (name: string): string => join(scratch, name);

const checkpoint = firingCheckpoint(presetNetwork('tiny', { classes: 3 }), 4);
writeCheckpoint(at('best.safetensors'), checkpoint);

describe('a file of NIR', () => {
  test('has the signature, the version and the nodes that the nir package looks for', async () => {
    await writeNir(at('plain.nir'), networkToGraph(checkpoint));
    const { default: hdf5 } = await import('h5wasm');
    const { FS } = await hdf5.ready;
    FS.writeFile('/plain.nir', readFileSync(at('plain.nir')));
    const file = new hdf5.File('/plain.nir', 'r');
    const value = (path: string): unknown => (file.get(path) as { value: unknown }).value;
    assert.equal(value('version'), '1.0.8');
    assert.equal(value('node/type'), 'NIRGraph');
    assert.deepEqual(value('node/nodes/stem/type'), 'Conv1d');
    const weight = file.get('node/nodes/stem/weight') as { shape: number[]; dtype: string };
    assert.deepEqual([weight.shape, weight.dtype], [[24, 10, 5], '<f']);
    file.close();
  });

  test('has the same bytes for the same network', async () => {
    await writeNir(at('one.nir'), networkToGraph(checkpoint));
    // HDF5 counts whole seconds
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await writeNir(at('two.nir'), networkToGraph(checkpoint));
    assert.deepEqual(readFileSync(at('one.nir')), readFileSync(at('two.nir')));
  });

  test('that is cut off or damaged is refused with its name', async () => {
    await writeNir(at('whole.nir'), networkToGraph(checkpoint));
    const bytes = readFileSync(at('whole.nir'));
    for (const length of [8, 100, 1000, 5000, Math.floor(bytes.length / 2), bytes.length - 1]) {
      writeFileSync(at('cut.nir'), bytes.subarray(0, length));
      await assert.rejects(importNetwork(at('cut.nir')), (error: Error) => {
        return error instanceof NetworkError && error.message.startsWith(at('cut.nir'));
      });
    }
    // either it is refused, or the damage is in a byte that nothing reads or in a weight
    for (let place = 8; place < bytes.length; place += 997) {
      const damaged = Uint8Array.from(bytes);
      damaged[place] ^= 0xff;
      writeFileSync(at('damaged.nir'), damaged);
      try {
        await importNetwork(at('damaged.nir'));
      } catch (error) {
        assert.ok(error instanceof NetworkError, `byte ${place}: ${(error as Error).stack}`);
      }
    }
  });

  test('that is another HDF5 file is refused with what was expected', async () => {
    const { default: hdf5 } = await import('h5wasm');
    const { FS } = await hdf5.ready;
    const file = new hdf5.File('/other.h5', 'w');
    file.create_dataset({ name: 'samples', data: [1, 2, 3] });
    file.close();
    writeFileSync(at('other.h5'), FS.readFile('/other.h5'));
    const said = /other\.h5: has no group node, expected a graph that nir\.write made/;
    await assert.rejects(importNetwork(at('other.h5')), said);
  });

  test('of another kind is refused with what it looks like', async () => {
    writeFileSync(at('model.nir'), readFileSync('models/commands.spkw'));
    const said = /expected a graph of NIR \(\.nir\) or tensors \(\.safetensors\); it looks like a model file/;
    await assert.rejects(importNetwork(at('model.nir')), said);
    await assert.rejects(importNetwork(at('none.nir')), /none\.nir: cannot be read/);
  });
});

describe('spikeword export --to nir and import', () => {
  test('bring the network back, and say what to do next', () => {
    const exported = spikeword('export', at('best.safetensors'), '--to', 'nir', '--out', at('out.nir'));
    assert.equal(exported.code, 0, exported.stderr);
    assert.match(exported.stdout, /out\.nir {2}NIR, 16 nodes, \d+,\d{3} bytes\nrun it for 4 timesteps of length 1/);
    const imported = spikeword('import', at('out.nir'), '--out', at('back.safetensors'));
    assert.equal(imported.code, 0, imported.stderr);
    assert.match(
      imported.stdout,
      /back\.safetensors {2}5 layers of atif-u, \d+,\d{3} weights, 4 timesteps\nnext: .*quantize/,
    );
    const clip = randomFeatures(checkpoint.spec, 8);
    const back = readCheckpoint(at('back.safetensors'));
    assert.deepEqual(referenceSpikes(back, clip).spikes, referenceSpikes(checkpoint, clip).spikes);
    const json = spikeword('import', at('out.nir'), '--out', at('json.safetensors'), '--json');
    assert.deepEqual(JSON.parse(json.stdout).labels, checkpoint.labels);
  });

  test('refuse what they cannot do, and write nothing', () => {
    writeCheckpoint(
      at('nu.safetensors'),
      firingCheckpoint(presetNetwork('tiny', { classes: 3, neuron: 'atif-nu' }), 4),
    );
    writeFileSync(at('mine'), 'mine');
    const to = ['--to', 'nir', '--out', at('no.nir')];
    const refusals: readonly [args: string[], exitCode: number, said: RegExp][] = [
      [['export', ...to], 2, /--to nir takes one trained network: a run folder or a checkpoint/],
      [
        ['export', 'models/gsc-17-small.spkw', ...to],
        2,
        /is a network in integers; --to nir takes the trained network/,
      ],
      [['export', at('best.safetensors'), '--words', 'yes', ...to], 2, /--to nir has no --words/],
      [['export', at('nu.safetensors'), ...to], 1, /a threshold for each timestep/],
      [['export', at('best.safetensors'), '--to', 'nir', '--out', at('mine')], 1, /mine: exists already/],
      [['export', at('best.safetensors'), '--to', 'c', '--out', at('no')], 1, /it looks like a checkpoint/],
      [['import', at('best.safetensors'), '--out', at('no')], 1, /already a checkpoint of spikeword/],
      [['import', at('best.safetensors'), '--out', at('mine')], 1, /mine: exists already/],
    ];
    for (const [args, exitCode, said] of refusals) {
      const { code, stderr } = spikeword(...args);
      assert.match(unwrapped(stderr), said);
      assert.equal(code, exitCode, args.join(' '));
      assert.ok(!existsSync(at('no')) && !existsSync(at('no.nir')));
    }
    assert.equal(readFileSync(at('mine'), 'utf8'), 'mine');
  });
});
