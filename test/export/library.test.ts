import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { StreamDetector, type StreamInference } from '../../host/core/detection/index.js';
import { modelFiles } from '../../host/core/export/c-model.js';
import { decodeModel, encodeModel } from '../../host/core/model/index.js';
import { Random } from '../../host/core/random.js';
import { openKernel } from '../../host/model/index.js';
import { defaultModelPath, packagePath } from '../../host/system/package-files.js';
import { detectedByHost, detectingModel, speech } from '../board/alone.js';
import { skipWithout } from '../firmware/skip.js';
import {
  compile,
  compilers,
  exportTo,
  prepared,
  run,
  SANITIZED,
  STRICT,
  scratchFolder,
  skipWithoutPrograms,
  withBytes,
  withChangedWeight,
} from './compile.js';

const program = (name: string): string => packagePath(`test/export/programs/${name}`);

/** Equal, but for probabilities: the host divides in floating point, and may be one below or above. */
function assertSame(lines: readonly string[], expected: readonly string[]): void {
  const exact = (all: readonly string[]): string[] => all.map((line) => line.replace(/^(class -?\d+) \d+$/, '$1'));
  assert.deepEqual(exact(lines), exact(expected));
  const probabilities = (all: readonly string[]): number[] =>
    all.filter((line) => line.startsWith('class')).map((line) => Number(line.split(' ')[2]));
  const other = probabilities(expected);
  probabilities(lines).forEach((probability, k) => {
    assert.ok(Math.abs(probability - other[k]) <= 1, `${probability}, ${other[k]}`);
  });
}

describe('the library in C', { skip: await skipWithout('wasm2c', 'gcc') }, () => {
  const scratch = scratchFolder();
  after(() => rmSync(scratch, { recursive: true }));

  const model = detectingModel();
  let folder: string;
  /** The sources, and the options with which the programs of this test find the model. */
  let sources: string[];
  let options: string[];

  const inFolder = (name: string): string => join(folder, name);
  const modelOptions = (name: string, prefix = ''): string[] => [
    `-D${prefix === '' ? 'MODEL' : 'OTHER'}_HEADER="spikeword_${name}.h"`,
    `-D${prefix === '' ? 'MODEL' : 'OTHER'}=spikeword_model_${name}`,
    `-D${prefix === '' ? 'TEST' : 'OTHER_TEST'}=spikeword_test_${name}`,
  ];

  before(async () => {
    folder = await exportTo('c', [prepared(model, 'small-1')], scratch);
    sources = ['spikeword.c', 'spikeword_small_1.c'].map(inFolder);
    options = [`-I${folder}`, ...modelOptions('small_1')];
  });

  for (const compiler of compilers) {
    describe(`compiled by ${compiler}`, { skip: skipWithoutPrograms(compiler, 'g++') }, () => {
      it('passes its self test at every level of optimisation', () => {
        for (const level of ['-O0', '-O1', '-O2', '-O3', '-Os']) {
          const made = compile(compiler, [level], [inFolder('example.c'), ...sources], join(scratch, 'example'));
          const { exitCode, lines } = run(made, ['--selftest']);
          assert.deepEqual([exitCode, lines], [0, ['all stages are equal']], level);
        }
      });

      it('defines only names that begin with spikeword_, has no variables, and needs only string.h', () => {
        const object = join(scratch, 'object.o');
        execFileSync(compiler, ['-O2', '-c', sources[0], '-o', object]);
        const symbols = execFileSync('nm', [object], { encoding: 'utf8' })
          .trim()
          .split('\n')
          .map((line) => line.trim().split(/\s+/).slice(-2));
        const named = (kinds: RegExp): string[] => symbols.filter(([kind]) => kinds.test(kind)).map(([, name]) => name);
        assert.deepEqual(
          named(/^[A-TV-Z]$/).filter((name) => !name.startsWith('spikeword_')),
          [],
        );
        const allowed = new Set(['memcpy', 'memset', 'memmove', 'memcmp', 'strlen', '_GLOBAL_OFFSET_TABLE_']);
        assert.deepEqual(
          named(/^U$/).filter((name) => !allowed.has(name)),
          [],
        );
        assert.deepEqual(named(/^[BbDdC]$/), []);
      });

      it('has a header for strict C99 and C++11', () => {
        const c = join(scratch, 'header.c');
        writeFileSync(c, '#include "spikeword_small_1.h"\n#include "spikeword.h"\nint x;\n');
        const flags = ['-pedantic', ...STRICT, `-I${folder}`, '-fsyntax-only', c];
        execFileSync(compiler, ['-std=c99', ...flags]);
        execFileSync(compiler === 'gcc' ? 'g++' : compiler, ['-x', 'c++', '-std=c++11', ...flags]);
      });
    });
  }

  /** What stream.c prints if it computes what the host computes. */
  function expectedLines(bytes: Uint8Array, samples: Int16Array): string[] {
    let last: StreamInference | undefined;
    const detector = new StreamDetector(openKernel(bytes), {
      onInference: (state) => {
        last = state;
      },
    });
    const detections = detector.push(samples);
    assert.ok(detections.length > 2 && last !== undefined);
    const { inference, average } = last as StreamInference;
    const { spikes, synapticOperations, scores } = inference;
    return [
      ...detections.map(({ label, score, sample }) => `${label} ${Math.round(score * 65_535)} ${sample}`),
      ...Array.from(spikes, (count, k) => `layer ${count} ${synapticOperations[k]}`),
      ...Array.from(scores, (score, k) => `class ${score} ${Math.floor(average[k] * 65_535)}`),
    ];
  }

  it('hears in ten minutes of speech what the host hears, in pieces of any size, whole or in slices', async () => {
    const samples = await speech(600);
    const expected = expectedLines(model, samples);
    assert.ok(expected.length > 50, String(expected.length));
    const made = compile('gcc', ['-O2', ...STRICT, ...options], [program('stream.c'), ...sources], join(scratch, 's'));
    for (const seed of ['1', '2']) {
      const { exitCode, lines, stderr } = run(made, [seed], new Uint8Array(samples.buffer));
      assert.equal(exitCode, 0, stderr);
      assertSame(lines, expected);
    }
  });

  it('hears with the shipped model what the host hears, without a finding of the sanitizers', async () => {
    const shipped = readFileSync(defaultModelPath());
    const out = await exportTo('c', [prepared(shipped, 'commands')], join(scratch, 'shipped'));
    const own = ['spikeword.c', 'spikeword_commands.c'].map((name) => join(out, name));
    const flags = [...SANITIZED, `-I${out}`, ...modelOptions('commands')];
    const made = compile('gcc', flags, [program('stream.c'), ...own], join(scratch, 'sanitized'));
    const samples = await speech(60);
    const { exitCode, lines, stderr } = run(made, ['3'], new Uint8Array(samples.buffer));
    assert.equal(exitCode, 0, stderr);
    assertSame(lines, expectedLines(shipped, samples));
  });

  it('runs two models in one program, whose headers are in two C++ files', {
    skip: skipWithoutPrograms('g++'),
  }, async () => {
    const other = detectingModel('same', 45);
    const out = await exportTo('c', [prepared(model, 'a'), prepared(other, 'b')], join(scratch, 'two'));
    const objects = ['spikeword', 'spikeword_a', 'spikeword_b'].map((name) => {
      const object = join(out, `${name}.o`);
      execFileSync('gcc', ['-O2', '-c', join(out, `${name}.c`), '-o', object]);
      return object;
    });
    const flags = [`-I${out}`, ...modelOptions('a'), ...modelOptions('b', 'other')];
    const made = compile('g++', flags, [program('two.cpp'), program('other.cpp'), ...objects], join(scratch, 'pair'));
    const { exitCode, lines } = run(made);
    assert.equal(exitCode, 0);
    assert.deepEqual(lines.slice(0, 2), ['all stages are equal', 'all stages are equal']);
    assert.match(lines[2], /this test belongs to another model|differ/);
  });

  it('refuses to run with the header of another export, before it writes beyond the state', async () => {
    const shipped = prepared(readFileSync(defaultModelPath()), 'commands');
    const large = await exportTo('c', [shipped], join(scratch, 'large'));
    const library = join(scratch, 'large.o');
    execFileSync('gcc', ['-O1', '-c', join(large, 'spikeword.c'), '-o', library]);
    const parts = [inFolder('example.c'), inFolder('spikeword_small_1.c'), library];
    const { exitCode, stderr } = run(compile('gcc', ['-O1'], parts, join(scratch, 'mixed')));
    assert.deepEqual([exitCode, stderr], [1, 'two exports in one program: export the models together\n']);
  });

  it('may stand anywhere in a structure, and needs no place for what it finds', () => {
    const flags = [...SANITIZED, ...options];
    const made = compile('gcc', flags, [program('member.c'), ...sources], join(scratch, 'member'));
    const { exitCode, lines, stderr } = run(made);
    assert.deepEqual([exitCode, lines], [0, ['all stages are equal']], stderr);
  });

  it('compiles with models and words of any name', async () => {
    const network = decodeModel(model, 'small');
    const names = readFileSync(inFolder('spikeword.h'), 'utf8').match(/(?<=\bspikeword_)\w+/g) ?? [];
    assert.ok(names.length > 20);
    const labels = network.labels.map((label, k) => ['h', 'bytes', '"x": #*/', 'h-'][k] ?? label);
    const bytes = encodeModel({ ...network, labels });
    for (const name of new Set([...names, 'ram', 'h', 'a', 'a_test'])) {
      const files = modelFiles(prepared(bytes, name));
      for (const [path, text] of files) writeFileSync(inFolder(path), text);
      const source = [...files.keys()].find((path) => path.endsWith('.c')) as string;
      execFileSync('gcc', ['-fsyntax-only', ...STRICT, inFolder(source)]);
    }
    for (const target of ['platformio', 'esp-idf', 'zephyr', 'npm']) {
      const out = await exportTo(target, [prepared(bytes, 'odd words')], join(scratch, 'odd', target));
      for (const file of ['library.json', 'package.json']) {
        if (existsSync(join(out, file))) JSON.parse(readFileSync(join(out, file), 'utf8'));
      }
      for (const file of ['idf_component.yml', 'Kconfig']) {
        if (existsSync(join(out, file))) assert.ok(!/"x|: #/.test(readFileSync(join(out, file), 'utf8')), file);
      }
    }
  });

  describe('names what is wrong', () => {
    let faults: string;
    before(() => {
      faults = compile('gcc', [...SANITIZED, ...options], [program('faults.c'), ...sources], join(scratch, 'faults'));
    });
    const RIGHT = '0 all stages are equal';
    const FAULTS: readonly [fault: string, ...said: string[]][] = [
      ['damaged', '1 the model is damaged: its CRC-32 is wrong'],
      ['foreign', '1 this is not a model', '1 this is not a model'],
      ['cut', '1 the model has another length than its header says'],
      ['unaligned', '1 a model must begin at a multiple of 4', '1 a model must begin at a multiple of 4'],
      ['version', '1 the model has format version 9, not 3'],
    ];
    for (const [fault, ...said] of FAULTS) {
      it(`of a model that is ${fault}, and begins again with a right one`, () => {
        const { exitCode, lines, stderr } = run(faults, [fault]);
        assert.deepEqual([exitCode, lines], [0, [...said, RIGHT]], stderr);
      });
    }

    it('when its state was overwritten: it stops, takes what it is given, and begins again', () => {
      const { exitCode, lines, stderr } = run(faults, ['overwritten']);
      assert.equal(exitCode, 0, stderr);
      assert.match(lines[1], /^4 the network stopped itself: trap \d$/);
      assert.deepEqual(lines.slice(2), ['320', RIGHT]);
    });

    it('of a stream that a clip has interrupted', () => {
      const { lines } = run(faults, ['clip']);
      assert.match(lines[1], /^\d+$/);
      assert.deepEqual(lines.slice(2), ['0 a clip was recognised: call spikeword_reset', '0 listening', RIGHT]);
    });

    it('and nothing of words that do not exist', () => {
      const { labels, detection } = decodeModel(model, 'small');
      const { lines } = run(faults, ['words']);
      const rows = labels.map((label, k) => `${k} [${label}] ${detection?.thresholds[k]}`);
      assert.deepEqual(lines.slice(1, -2), ['-1 [] 0', ...rows, `${labels.length} [] 0`]);
      assert.equal(lines.at(-2), '12345');
    });

    it('of RAM that is too small', async () => {
      const shipped = prepared(readFileSync(defaultModelPath()), 'commands');
      const out = await exportTo('c', [shipped], join(scratch, 'narrow'));
      const header = join(out, 'spikeword.h');
      const narrow = readFileSync(header, 'utf8').replace(/(?<=SPIKEWORD_RAM_BYTES )\d+/, '16384');
      writeFileSync(header, narrow);
      const own = ['example.c', 'spikeword.c', 'spikeword_commands.c'].map((name) => join(out, name));
      const { exitCode, stderr } = run(compile('gcc', ['-O1'], own, join(scratch, 'narrow-program')));
      assert.equal(exitCode, 1);
      const { ramBytes } = openKernel(shipped.bytes);
      assert.equal(stderr, `SPIKEWORD_RAM_BYTES must be at least ${ramBytes}\n`);
    });
  });

  it('names the layer in which one weight differs', () => {
    const spikeword = join(scratch, 'spikeword.o');
    execFileSync('gcc', ['-O1', '-c', sources[0], '-o', spikeword]);
    const source = readFileSync(sources[1], 'utf8');
    decodeModel(model, 'small').layers.forEach(({ name }, k) => {
      const changed = join(scratch, 'changed.c');
      writeFileSync(changed, withBytes(source, withChangedWeight(model, k)));
      const flags = ['-O1', ...options];
      const made = compile('gcc', flags, [inFolder('example.c'), changed, spikeword], join(scratch, 'changed'));
      assert.deepEqual(run(made, ['--selftest']).lines, [`spikes of ${name} differ`]);
    });
  });

  it('takes the samples of I2S microphones of 16, 24 and 32 bits, left and right', () => {
    const made = compile('gcc', [`-I${folder}`, ...SANITIZED], [program('i2s.c'), ...sources], join(scratch, 'i2s'));
    const random = new Random(5);
    for (const bits of [16, 24, 32]) {
      for (const [slots, slot] of [
        [1, 0],
        [2, 0],
        [2, 1],
      ]) {
        for (const shift of [0, bits - 16, Math.max(0, bits - 18)]) {
          const frames = 200;
          const bytes = Uint8Array.from({ length: (frames * slots * bits) / 8 }, () => random.below(256));
          const expected = Array.from({ length: frames }, (_, k) => {
            let value = 0n;
            for (let b = 0; b < bits / 8; b++) {
              value |= BigInt(bytes[((k * slots + slot) * bits) / 8 + b]) << BigInt(8 * b);
            }
            const sample = BigInt.asIntN(bits, value) >> BigInt(shift);
            return Number(sample > 32_767n ? 32_767n : sample < -32_768n ? -32_768n : sample);
          });
          const { lines } = run(made, [bits, slots, slot, shift].map(String), bytes);
          assert.deepEqual(lines.map(Number), expected, `${bits} bits, slot ${slot} of ${slots}, shift ${shift}`);
        }
      }
    }
  });

  it('says how much of a second it has used, with a clock that overflows', () => {
    const made = compile('gcc', [...options, ...SANITIZED], [program('load.c'), ...sources], join(scratch, 'load'));
    const loads = (step: number, hz: number): number[] => run(made, [String(step), String(hz)]).lines.map(Number);
    const [slow, fast] = [loads(1000, 100_000), loads(1000, 1_000_000)];
    assert.deepEqual(slow.slice(0, 9), new Array(9).fill(0), 'before the first second');
    // a look at the clock at the beginning and the end of each call that works: at least one for each frame
    assert.ok(fast[9] >= 50 && fast[9] < 1000, String(fast[9]));
    assert.ok(Math.abs(slow[9] - 10 * fast[9]) <= 10 && slow[9] > 500, `${slow[9]}, ${fast[9]}`);
  });

  it('goes on after a gap as a new stream, whose samples are counted on', async () => {
    const made = compile('gcc', ['-O1', ...options], [program('gap.c'), ...sources], join(scratch, 'gap'));
    const samples = await speech(60);
    const { lines } = run(made, ['480123', '1000'], new Uint8Array(samples.buffer));
    const first = detectedByHost(model, samples.subarray(0, 480_123));
    const second = detectedByHost(model, samples.subarray(480_123), 481_123);
    assert.ok(first.length > 0 && second.length > 0);
    assert.deepEqual(
      lines.map((line) => line.split(' ').map(Number)),
      [...first, ...second].map(({ label, sample }) => [label, sample]),
    );
  });
});
