import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { DemoResult } from '../../host/demo/index.js';
import type { EvaluationReport } from '../../host/evaluation/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { type CommandResult, MAIN, spikeword } from './spikeword.js';

const sample = packagePath('datasets/sample');
const folder = mkdtempSync(join(tmpdir(), 'spikeword-demo-'));
after(() => rmSync(folder, { recursive: true }));
const out = join(folder, 'demo');

/** Returns the JSON object that a command printed, and fails if it printed anything else. */
function onlyObject<T>({ code, stdout, stderr }: CommandResult): T {
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^\{.*\}\n$/);
  return JSON.parse(stdout) as T;
}

/** Waits until a process has written `text` on stderr. */
function stderrHas(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = '';
    child.stderr?.on('data', (chunk) => {
      seen += chunk;
      if (seen.includes(text)) resolve();
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code} before '${text}': ${seen}`)));
  });
}

const ended = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.once('exit', resolve));

describe('spikeword demo', () => {
  let run: CommandResult;
  let result: DemoResult;
  before(() => {
    run = spikeword('demo', '--out', out, '--json');
    result = onlyObject<DemoResult>(run);
  });

  test('reports each step in one line on stderr', () => {
    assert.deepEqual(
      run.stderr.split('\n').map((line) => line.split(' ')[0]),
      ['recordings', 'training', 'quantisation', 'model', 'evaluation', ''],
    );
  });

  test('learns the eight words of the sample', () => {
    const { clips, accuracy, split, labels } = result.evaluation;
    assert.deepEqual([clips, split, labels.length], [40, 'testing', 8]);
    assert.ok(accuracy >= 0.75, `${accuracy} of clips by speakers that it never heard; chance is 0.125`);
  });

  test('writes the model, the module, the report and the run, and leaves nothing half-written', () => {
    assert.deepEqual(readdirSync(folder), ['demo']);
    assert.deepEqual(readdirSync(out).sort(), [
      ...['demo.json', 'model.spkw', 'model.wasm', 'report.html', 'training'],
    ]);
    for (const path of [result.model, result.module, result.report]) assert.ok(existsSync(path), path);
    assert.deepEqual(JSON.parse(readFileSync(join(out, 'demo.json'), 'utf8')), result);
  });

  test('writes no folder of this machine into its files', () => {
    for (const file of ['model.spkw', 'model.wasm', 'report.html']) {
      assert.ok(!readFileSync(join(out, file), 'latin1').includes(folder), file);
    }
  });

  test('leaves an earlier demo unchanged when it is interrupted', async () => {
    const model = readFileSync(result.model);
    const again = spawn(process.execPath, [MAIN, 'demo', '--out', out, '--seed', '2'], { stdio: 'pipe' });
    const code = ended(again);
    await stderrHas(again, 'recordings');
    again.kill('SIGINT');
    assert.equal(await code, 130);
    assert.deepEqual(readFileSync(result.model), model);
    assert.deepEqual(readdirSync(folder), ['demo']);
  });

  test('replaces an earlier demo, and gives the same model for the same seed on one thread', () => {
    const model = readFileSync(result.model);
    writeFileSync(join(out, 'stale'), '');
    const again = spikeword('demo', '--out', out, '--threads', '1');
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /^accuracy +\d/m);
    assert.ok(
      again.stdout.endsWith(
        `model   ${result.model}\nreport  ${result.report}\nnext: open ${result.report} in a browser\n  or: spikeword listen\n`,
      ),
    );
    assert.deepEqual(readFileSync(result.model), model);
    assert.ok(!existsSync(join(out, 'stale')));
  });

  test('refuses a folder that holds something else', () => {
    const other = join(folder, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'thesis.txt'), 'dear');
    const { code, stderr } = spikeword('demo', '--out', other);
    assert.equal(code, 2);
    assert.match(stderr, /^UsageError: .*other: is not empty and is not an earlier demo/);
    assert.equal(readFileSync(join(other, 'thesis.txt'), 'utf8'), 'dear');
    const file = spikeword('demo', '--out', join(other, 'thesis.txt'));
    assert.equal(file.code, 2);
    assert.match(file.stderr, /^UsageError: .*thesis\.txt: is a file; give a folder with --out/);
    rmSync(other, { recursive: true });
  });

  describe('makes a model that spikeword evaluate', () => {
    const page = join(folder, 'pages', 'page.html');
    let report: EvaluationReport;
    before(() => {
      const checkpoint = join(out, 'training', 'best.safetensors');
      const args = ['--data', sample, '--split', 'testing', '--checkpoint', checkpoint, '--report', page];
      report = onlyObject(spikeword('evaluate', result.model, ...args, '--json'));
    });
    after(() => rmSync(join(folder, 'pages'), { recursive: true }));

    test('reports in one object with all its keys', () => {
      for (const key of [
        ...['task', 'split', 'clips', 'accuracy', 'accuracyInterval', 'theta', 'spikesPerNeuron', 'layers'],
        ...['spikesPerNeuronWeighted', 'synapticOperations', 'denseMacs', 'agreement', 'clipsPerSecond'],
        ...['modelBytes', 'ramBytes', 'labels', 'perClass', 'confusion'],
      ]) {
        assert.ok(key in report, `${key} is missing`);
      }
      for (const layer of report.layers) {
        for (const key of ['name', 'neurons', 'theta', 'spikesPerNeuron', 'synapticOperations']) {
          assert.ok(key in layer, `layers: ${key} is missing`);
        }
      }
    });

    test('finds as accurate as the demo reported', () => {
      const timeless = { clipsPerSecond: 0 };
      assert.deepEqual({ ...report, ...timeless }, { ...result.evaluation, ...timeless });
      assert.ok(report.agreement !== null && report.agreement >= 0.9, `agreement ${report.agreement}`);
    });

    test('writes the page that was asked for', () => {
      const html = readFileSync(page, 'utf8');
      assert.match(html, /^<!doctype html>/);
      assert.ok(html.endsWith('</html>\n'));
      assert.deepEqual(readdirSync(join(folder, 'pages')), ['page.html']);
    });

    test('draws for the clips that were named, refusing a clip that was not evaluated', () => {
      const args = ['evaluate', result.model, '--data', sample, '--split', 'testing', '--report', page, '--clips'];
      assert.equal(spikeword(...args, 'no/46bcda48_nohash_0.wav').code, 0);
      assert.equal(readFileSync(page, 'utf8').match(/<figure /g)?.length, 1);
      const refused = spikeword(...args, 'no/such.wav');
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /^EvaluationError: clip no\/such\.wav is not one of the evaluated clips/);
    });

    test('can also read from its module', () => {
      const args = ['--data', sample, '--split', 'testing', '--json'];
      const inside: EvaluationReport = onlyObject(spikeword('evaluate', result.module, ...args));
      assert.equal(inside.accuracy, report.accuracy);
      assert.deepEqual(inside.confusion, report.confusion);
    });
  });

  test('makes files on which every command that reports prints one object with --json', () => {
    onlyObject(spikeword('info', result.model, '--json'));
    onlyObject(spikeword('dataset', 'info', sample, '--json'));
    onlyObject(spikeword('quantize', join(out, 'training'), '--out', join(folder, 'again'), '--json'));
  });
});
