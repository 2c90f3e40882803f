import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { UsageError } from '../../host/core/error.js';
import { targets } from '../../host/core/export/index.js';
import { crc32, decodeModel, encodeModel } from '../../host/core/model/index.js';
import { initialParameters, planNetwork, presetNetwork } from '../../host/core/network/index.js';
import { quantizeNetwork } from '../../host/core/quantization/index.js';
import { exportModels } from '../../host/export/index.js';
import { openKernel, readCheckpoint } from '../../host/model/index.js';
import { WriteError } from '../../host/system/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { detectingModel } from '../board/alone.js';
import { smallNetwork } from '../board/small-model.js';
import { skipWithout } from '../firmware/skip.js';
import {
  compile,
  exportTo,
  prepared,
  run,
  STRICT,
  scratchFolder,
  skipWithoutPrograms,
  withBytes,
  withChangedWeight,
} from './compile.js';

const EQUAL = 'all stages are equal';
const standIn = (path: string): string => packagePath(`test/export/stand-ins/${path}`);

/** Paths of all files in a folder, relative to it, with `/`. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

describe('an export', { skip: await skipWithout('wasm2c', 'gcc') }, () => {
  const scratch = scratchFolder();
  after(() => rmSync(scratch, { recursive: true }));
  const model = detectingModel();
  const folders = new Map<string, string>();
  before(async () => {
    for (const { name } of targets) {
      folders.set(name, await exportTo(name, [prepared(model, 'Kitchen lamp')], join(scratch, name)));
    }
  });
  const folderOf = (name: string): string => folders.get(name) as string;
  /** The compiled library and model of an export in C, without its example. */
  function objects(target: string, folder = 'src', options: readonly string[] = []): string[] {
    return ['spikeword', 'spikeword_kitchen_lamp'].map((name) => {
      const object = join(scratch, `${target}-${name}.o`);
      const source = join(folderOf(target), folder, `${name}.c`);
      execFileSync('gcc', ['-std=c99', '-O1', ...STRICT, ...options, '-c', source, '-o', object]);
      return object;
    });
  }
  const said = (program: string, args: readonly string[] = []): string[] => run(program, args).lines;

  it('has few files with short paths, a licence, a README of ten lines or so, and nothing that is not filled in', () => {
    for (const [name, folder] of folders) {
      const files = filesIn(folder);
      assert.ok(files.length <= 16, `${name}: ${files.length} files`);
      for (const path of files) assert.ok(path.length <= 40, `${name}: ${path}`);
      assert.ok(files.includes('LICENSE'), name);
      const lines = readFileSync(join(folder, 'README.md'), 'utf8').trim().split('\n');
      assert.ok(lines.length <= 16, `${name}: README of ${lines.length} lines`);
      for (const path of files.filter((file) => !/\.wasm$/.test(file))) {
        const text = readFileSync(join(folder, path), 'utf8');
        assert.ok(!/@[A-Z_]+@|(spikeword|SPIKEWORD)(_\w+)?_NAME\b/.test(text), `${name}/${path}`);
        for (const line of text.split('\n')) assert.ok(line.length < 400, `${name}/${path}: ${line.slice(0, 80)}`);
      }
      assert.equal(statSync(folder).mode & 0o055, 0o055 & ~process.umask(), `${name}: readable`);
    }
  });

  it('c: builds with a compiler alone and passes its self test', () => {
    const folder = folderOf('c');
    const sources = ['example.c', 'spikeword.c', 'spikeword_kitchen_lamp.c'].map((name) => join(folder, name));
    const made = compile('gcc', ['-std=c99', ...STRICT], sources, join(scratch, 'c-example'));
    assert.deepEqual(said(made, ['--selftest']), [EQUAL]);
  });

  it('c: builds with CMake', { skip: skipWithoutPrograms('cmake', 'make') }, () => {
    const folder = folderOf('c');
    const build = join(scratch, 'c-build');
    execFileSync('cmake', ['-S', folder, '-B', build]);
    execFileSync('cmake', ['--build', build]);
    assert.deepEqual(said(join(build, 'spikeword_example'), ['--selftest']), [EQUAL]);
  });

  it('c: recognises a clip with a model that does not listen', async () => {
    const clips = encodeModel(smallNetwork(3));
    const folder = await exportTo('c', [prepared(clips, 'clips')], join(scratch, 'clips'));
    const sources = ['example.c', 'spikeword.c', 'spikeword_clips.c'].map((name) => join(folder, name));
    const made = compile('gcc', ['-O1'], sources, join(scratch, 'clips-example'));
    assert.deepEqual(said(made, ['--selftest']), [EQUAL]);
    const { lines } = run(made, [], new Uint8Array(32_000));
    assert.equal(lines.length, 1);
    assert.ok(decodeModel(clips, 'clips').labels.includes(lines[0]));
  });

  for (const target of ['arduino', 'platformio']) {
    it(`${target}: its examples compile for three families of boards, and the self test passes`, {
      skip: skipWithoutPrograms('g++'),
    }, () => {
      const folder = folderOf(target);
      const flags = [
        '-O1',
        `-I${standIn('arduino')}`,
        `-I${join(folder, 'src')}`,
        '-include',
        'Arduino.h',
        '-x',
        'c++',
      ];
      const sketch = (name: string): string => join(folder, `examples/${name}/${name}.ino`);
      const own = objects(target);
      const parts = [standIn('arduino/main.cpp'), '-x', 'none', ...own];
      const made = compile('g++', [...flags, sketch('SelfTest')], parts, join(scratch, `${target}-selftest`));
      assert.deepEqual(said(made), ['listening', EQUAL]);
      for (const family of ['', '-DESP32', '-DARDUINO_ARCH_RP2040']) {
        const define = family === '' ? [] : [family];
        execFileSync('g++', [...define, ...flags, ...STRICT, '-c', sketch('Listen'), '-o', join(scratch, 'listen.o')]);
      }
    });
  }

  it('arduino: library.properties is as the specification of Arduino libraries says', () => {
    const text = readFileSync(join(folderOf('arduino'), 'library.properties'), 'utf8');
    const fields = new Map(
      text
        .trim()
        .split('\n')
        .map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
    );
    for (const key of ['name', 'version', 'author', 'maintainer', 'sentence', 'paragraph', 'category', 'url']) {
      assert.ok((fields.get(key) ?? '').length > 0, key);
    }
    assert.match(fields.get('name') ?? '', /^(?!arduino)[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$/i);
    assert.match(fields.get('version') ?? '', /^\d+\.\d+\.\d+/);
    const categories = ['Display', 'Communication', 'Signal Input/Output', 'Sensors', 'Device Control', 'Timing'];
    assert.ok([...categories, 'Data Storage', 'Data Processing', 'Other'].includes(fields.get('category') ?? ''));
    assert.ok(
      !(fields.get('sentence') ?? '').toLowerCase().includes('library'),
      'the specification advises against it',
    );
    for (const header of (fields.get('includes') ?? '').split(',')) {
      assert.ok(existsSync(join(folderOf('arduino'), 'src', header)), header);
    }
    // a sketch has the name of its folder
    for (const path of filesIn(folderOf('arduino')).filter((file) => file.endsWith('.ino'))) {
      assert.match(path, /^examples\/(\w+)\/\1\.ino$/);
    }
  });

  it('platformio: library.json is as its schema says', () => {
    const manifest = JSON.parse(readFileSync(join(folderOf('platformio'), 'library.json'), 'utf8'));
    assert.match(manifest.name, /^[^:;/,@<>]{1,100}$/);
    assert.match(manifest.version, /^\d+\.\d+\.\d+/);
    assert.ok(manifest.description.length < 255);
    for (const keyword of manifest.keywords) assert.match(keyword, /^[a-z\d +-]{1,50}$/);
    assert.equal(manifest.license, 'MIT');
    assert.ok(existsSync(join(folderOf('platformio'), 'src', manifest.headers)));
  });

  it('esp-idf: its example compiles and runs its self test; component and manifest name what is there', () => {
    const folder = folderOf('esp-idf');
    const example = join(folder, 'examples/listen/main/main.c');
    const flags = ['-O1', ...STRICT, `-I${folder}`, `-I${standIn('esp-idf')}`];
    const made = compile(
      'gcc',
      flags,
      [example, standIn('esp-idf/main.c'), ...objects('esp-idf', '')],
      join(scratch, 'esp'),
    );
    assert.deepEqual(said(made), [EQUAL]);
    const cmake = readFileSync(join(folder, 'CMakeLists.txt'), 'utf8');
    const named = [...cmake.matchAll(/"([\w.]+\.c)"/g)].map(([, name]) => name);
    assert.deepEqual(named, ['spikeword.c', 'spikeword_kitchen_lamp.c']);
    const manifest = readFileSync(join(folder, 'idf_component.yml'), 'utf8');
    assert.match(manifest, /^version: "\d+\.\d+\.\d+"$/m);
    assert.match(manifest, /^dependencies:\n {2}idf: ">=5\.0"$/m);
  });

  it('zephyr: its sample compiles and runs its self test; module.yml names what is there', () => {
    const folder = folderOf('zephyr');
    const sample = join(folder, 'samples/selftest/src/main.c');
    const flags = ['-O1', ...STRICT, `-I${folder}`, `-I${standIn('zephyr')}`];
    const made = compile('gcc', flags, [sample, ...objects('zephyr', '')], join(scratch, 'zephyr-sample'));
    assert.deepEqual(said(made), [EQUAL]);
    const module = readFileSync(join(folder, 'zephyr/module.yml'), 'utf8');
    assert.match(module, /^build:\n {2}cmake: \.\n {2}kconfig: Kconfig$/m);
    assert.match(readFileSync(join(folder, 'Kconfig'), 'utf8'), /^config SPIKEWORD\n\tbool "/m);
    assert.match(readFileSync(join(folder, 'samples/selftest/prj.conf'), 'utf8'), /^CONFIG_SPIKEWORD=y$/m);
  });

  it('in C: one changed weight makes every self test name the layer', () => {
    const changed = withChangedWeight(model, 2);
    const { name } = decodeModel(model, 'small').layers[2];
    for (const [target, place] of [
      ['c', ''],
      ['arduino', 'src'],
      ['platformio', 'src'],
      ['esp-idf', ''],
      ['zephyr', ''],
    ]) {
      const folder = join(folderOf(target), place);
      const broken = join(scratch, 'broken.c');
      writeFileSync(broken, withBytes(readFileSync(join(folder, 'spikeword_kitchen_lamp.c'), 'utf8'), changed));
      const sources = [join(folderOf('c'), 'example.c'), broken, join(folder, 'spikeword.c')];
      const made = compile('gcc', ['-O1', `-I${folder}`], sources, join(scratch, 'broken'));
      assert.deepEqual(said(made, ['--selftest']), [`spikes of ${name} differ`], target);
    }
  });

  it('is the same, byte for byte, whenever it is made', async () => {
    for (const target of targets) {
      const out = (name: string): string => join(scratch, 'again', name, target.name);
      for (const name of ['a', 'b']) await exportModels([prepared(model, 'lamp')], target, out(name));
      const content = (name: string): number[] =>
        target.zip
          ? [crc32(readFileSync(out(name)))]
          : filesIn(out(name)).map((path) => crc32(readFileSync(join(out(name), path))));
      assert.deepEqual(content('a'), content('b'), target.name);
    }
  });

  it('in C refuses, in a sentence, a model with more RAM than firmware can give it; a module takes it', async () => {
    const spec = presetNetwork('paper', { classes: 4 });
    const like = readCheckpoint(packagePath('models/gsc-17-small.safetensors'));
    const features = { ...like.features, frames: spec.input.frames };
    const parameters = initialParameters(planNetwork(spec), 1);
    const labels = ['a', 'b', 'c', 'd'];
    const bytes = encodeModel(quantizeNetwork({ ...like, spec, labels, features, parameters }));
    assert.ok(openKernel(bytes).ramBytes > 65_536);
    const large = prepared(bytes, 'large');
    await assert.rejects(
      exportTo('c', [large], join(scratch, 'large')),
      (error) => error instanceof UsageError && /more RAM than networks in firmware can have/.test(error.message),
    );
    const folder = await exportTo('npm', [large], join(scratch, 'large'));
    const module = new WebAssembly.Module(readFileSync(join(folder, 'model.wasm')));
    const { selfTest } = new WebAssembly.Instance(module).exports as unknown as { selfTest(): number };
    assert.equal(selfTest(), 0);
  });

  it('overwrites nothing, and refuses two models of one name', async () => {
    const [c] = targets;
    const one = prepared(model, 'lamp');
    const out = join(scratch, 'there');
    writeFileSync(out, 'mine');
    await assert.rejects(
      exportModels([one], c, out),
      (error) => error instanceof WriteError && /exists already/.test(error.message),
    );
    assert.equal(readFileSync(out, 'utf8'), 'mine');
    await assert.rejects(
      exportModels([one, prepared(model, 'LAMP')], c, join(scratch, 'twins')),
      (error) => error instanceof UsageError && /two models have the name lamp/.test(error.message),
    );
    assert.ok(!existsSync(join(scratch, 'twins')));
  });
});
