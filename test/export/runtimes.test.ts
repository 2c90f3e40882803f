import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { targets } from '../../host/core/export/index.js';
import { testWords } from '../../host/core/export/self-test.js';
import { apartModule, decodeModel, portableModule } from '../../host/core/model/index.js';
import { readSections, unsignedLeb } from '../../host/core/model/wasm-binary.js';
import { exportParts } from '../../host/export/parts.js';
import { openKernel } from '../../host/model/index.js';
import { defaultModelPath, packagePath, wasmBytes } from '../../host/system/package-files.js';
import { detectedByHost, detectingModel, speech } from '../board/alone.js';
import { skipWithout } from '../firmware/skip.js';
import { compile, exportTo, prepared, run, scratchFolder, withChangedWeight } from './compile.js';
import { comparable, heardByKernel, hearInRuntime, skipRuntimesOnCore } from './runtimes-on-core.js';

const RUNTIMES = packagePath('dist/runtimes');
const WASM3 = join(RUNTIMES, 'wasm3-sys-0.3.0/wasm3/source');
const WAMR = join(RUNTIMES, 'wamr-sys-0.1.1/wasm-micro-runtime/core/iwasm/include');
const skip = !existsSync(join(RUNTIMES, 'libwamr-bulk.a')) && `${RUNTIMES} not found; npm run setup:runtimes`;

const skipOnCore = skipRuntimesOnCore || (await skipWithout('arm-none-eabi-gcc', 'qemu-system-arm'));

interface PortableExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly __data_end: { readonly value: number };
  readonly __heap_base: { readonly value: number };
  selfTest(): number;
  _start(): void;
  query(key: number): number;
}

describe('the module for any runtime', () => {
  const scratch = scratchFolder();
  after(() => rmSync(scratch, { recursive: true }));
  const shipped = new Uint8Array(readFileSync(defaultModelPath()));
  let folder: string;
  let path: string;
  let bulkPath: string;
  before(async () => {
    folder = await exportTo('wasm', [prepared(shipped, 'commands')], scratch);
    path = join(folder, 'spikeword_commands.wasm');
    bulkPath = join(folder, 'spikeword_commands_bulk.wasm');
  });
  const start = (module: Uint8Array): PortableExports =>
    new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(module))).exports as unknown as PortableExports;

  it('passes its self test in Node, again and again, and its main ends', () => {
    const exports = start(readFileSync(path));
    for (let k = 0; k < 3; k++) assert.equal(exports.selfTest(), 0);
    exports._start();
  });

  it('imports nothing, never grows, and says where its use of memory ends', () => {
    const bytes = readFileSync(path);
    assert.deepEqual(WebAssembly.Module.imports(new WebAssembly.Module(bytes)), []);
    const { memory, __data_end, __heap_base } = start(bytes);
    assert.equal(__heap_base.value % 16, 0);
    assert.ok(__data_end.value <= __heap_base.value);
    assert.equal(memory.buffer.byteLength, Math.ceil(__heap_base.value / 65_536) * 65_536);
    const needed = openKernel(shipped).ramBytes + shipped.length;
    assert.ok(__heap_base.value > needed && __heap_base.value < needed + 9000, `${__heap_base.value}, ${needed}`);
  });

  /** The instructions of a module that are not integer arithmetic, control, and access to memory. */
  const unusual = (module: string): string[] => {
    const dump = execFileSync('wasm-objdump', ['-d', module], { encoding: 'utf8', maxBuffer: 1 << 28 });
    const instructions = new Set([...dump.matchAll(/\| +([a-z_0-9.]+)/g)].map(([, name]) => name));
    assert.ok(instructions.size > 40 && instructions.has('i32.extend16_s'));
    const beyond = /^(memory|table|data|elem|v128|ref|f32|f64)\.?|_sat_/;
    return [...instructions].filter((name) => beyond.test(name)).sort();
  };

  it('has no instruction beyond WebAssembly 1.0 and sign extension, and the other forms bulk memory', () => {
    assert.deepEqual(unusual(path), []);
    assert.deepEqual(unusual(bulkPath), ['memory.copy', 'memory.fill', 'memory.init']);
  });

  it('takes one page of memory where weights are apart, with the shipped models', async () => {
    const wasm = targets.find(({ name }) => name === 'wasm')!;
    const parts = await exportParts(wasm);
    for (const name of ['commands', 'gsc-17-small']) {
      const model = new Uint8Array(readFileSync(packagePath(`models/${name}.spkw`)));
      const { files, leastRamBytes } = wasm.make([prepared(model, 'model')], parts);
      const module = files.get('spikeword_model_bulk.wasm') as Uint8Array;
      assert.deepEqual(WebAssembly.Module.imports(new WebAssembly.Module(Uint8Array.from(module))), []);
      const exports = start(module);
      assert.equal(exports.memory.buffer.byteLength, 65_536);
      assert.equal(exports.__heap_base.value, leastRamBytes);
      assert.ok(leastRamBytes <= 65_536);
      for (let k = 0; k < 2; k++) assert.equal(exports.selfTest(), 0);
    }
  });

  it('computes the same with a window for the weights of only eight channels at a time, and with any larger one', async () => {
    const wasm = targets.find(({ name }) => name === 'wasm')!;
    const parts = await exportParts(wasm);
    for (const padding of ['valid', 'same'] as const) {
      const { files } = wasm.make([prepared(detectingModel(padding), 'model')], parts);
      const exports = start(files.get('spikeword_model_bulk.wasm') as Uint8Array);
      // the address and the size of the window
      const place = new Uint32Array(exports.memory.buffer, 32, 2);
      const most = place[1];
      const results = new Map<number, number>();
      for (let bytes = most; bytes >= 600; bytes -= 100) {
        place[1] = bytes;
        results.set(bytes, exports.selfTest());
      }
      assert.ok(results.size > 8);
      assert.deepEqual(
        [...results.values()].filter((stage) => stage !== 0),
        [],
      );
    }
  });

  it('has pages of one byte in a third form, which differs from the second in nothing else', () => {
    const [bulk, bytes] = [bulkPath, bulkPath.replace('_bulk', '_bytes')].map((file) =>
      readSections(readFileSync(file)),
    );
    const size = unsignedLeb(start(readFileSync(bulkPath)).__heap_base.value);
    bytes.forEach(({ id, content }, k) => {
      // limits 0x09: a least and a greatest size, and the logarithm of the size of a page
      assert.deepEqual([...content], id === 5 ? [1, 9, ...size, ...size, 0] : [...bulk[k].content]);
    });
    assert.equal(bytes.length, bulk.length);
  });

  it('names the stage in which one weight differs, and its main traps', () => {
    const model = detectingModel();
    const { test, ramBytes } = prepared(model, 'small');
    decodeModel(model, 'small').layers.forEach((_, layer) => {
      const changed = withChangedWeight(model, layer);
      const made = portableModule(changed, wasmBytes('kernel-portable'), ramBytes + 64, testWords(test));
      const exports = start(made.module);
      assert.equal(exports.selfTest(), 16 + layer);
      assert.throws(() => exports._start(), WebAssembly.RuntimeError);
      const network = decodeModel(changed, 'small');
      const apart = apartModule(changed, network, wasmBytes('kernel-apart'), ramBytes + 256, testWords(test));
      assert.equal(start(apart.module).selfTest(), 16 + layer);
    });
  });

  it('listens with the program beside it, in Node', async () => {
    const samples = await speech(60);
    const { labels } = decodeModel(shipped, 'commands');
    const { exitCode, lines, stderr } = run(
      process.execPath,
      [join(folder, 'listen.mjs')],
      new Uint8Array(samples.buffer),
    );
    assert.deepEqual([exitCode, stderr], [0, 'self test: all stages are equal\n']);
    const expected = detectedByHost(shipped, samples);
    assert.deepEqual(
      lines,
      expected.map(({ label, sample }) => `${(sample / 16_000).toFixed(2)} s  ${labels[label]}`),
    );
  });

  for (const name of ['wasm3', 'WAMR'] as const) {
    it(`passes its self test in ${name} and hears there what the host hears`, { skip }, async () => {
      const source = join(folder, `${name.toLowerCase()}.c`);
      const program =
        name === 'wasm3'
          ? compile(
              'gcc',
              ['-O1', `-I${WASM3}`, '-include', 'm3_env.h', '-DWASM3_OLD(r)=((r)->stack)'],
              [source, join(RUNTIMES, 'libwasm3.a'), '-lm'],
              join(scratch, name),
            )
          : compile(
              'gcc',
              ['-O1', `-I${WAMR}`],
              [source, join(RUNTIMES, 'libwamr-bulk.a'), '-lm', '-lpthread'],
              join(scratch, name),
            );
      const samples = await speech(60);
      for (const [key, model] of [
        ['commands', shipped],
        ['small', detectingModel()],
      ] as const) {
        const out =
          key === 'commands' ? folder : await exportTo('wasm', [prepared(model, key)], join(scratch, name + key));
        const expected = detectedByHost(model, samples);
        assert.ok(expected.length > 0);
        for (const form of name === 'WAMR' ? ['', '_bulk'] : ['']) {
          const module = join(out, `spikeword_${key}${form}.wasm`);
          const { exitCode, lines } = run(program, [module], new Uint8Array(samples.buffer));
          assert.equal(exitCode, 0);
          assert.deepEqual(lines, ['self test 0', ...expected.map(({ label, sample }) => `${label} ${sample}`)]);
        }
      }
      writeFileSync(join(scratch, 'broken.wasm'), readFileSync(path).subarray(0, 1000));
      assert.notEqual(run(program, [join(scratch, 'broken.wasm')]).exitCode, 0);
    });
  }

  for (const { name, program, args, env } of [
    { name: 'wasmi', program: join(RUNTIMES, 'wasmi/release/in-wasmi'), args: [], env: {} },
    {
      name: 'wasmtime',
      program: 'python3',
      args: [packagePath('test/export/programs/in-wasmtime.py')],
      env: { PYTHONPATH: join(RUNTIMES, 'wasmtime') },
    },
  ]) {
    const skipOwn = !existsSync(join(RUNTIMES, name)) && `${name} not found; npm run setup:runtimes`;
    it(`hears in ${name} what the host hears, in all three forms`, { skip: skipOwn }, async () => {
      const samples = await speech(15);
      for (const [key, model] of [
        ['commands', shipped],
        ['small', detectingModel()],
      ] as const) {
        const out = key === 'commands' ? folder : await exportTo('wasm', [prepared(model, key)], join(scratch, name));
        const expected = detectedByHost(model, samples).map(({ label, sample }) => `${label} ${sample}`);
        assert.ok(expected.length > 0);
        for (const form of ['', '_bulk', '_bytes']) {
          const file = join(out, `spikeword_${key}${form}.wasm`);
          const { status, stdout } = spawnSync(program, [...args, file], {
            input: new Uint8Array(samples.buffer),
            encoding: 'utf8',
            env: { ...process.env, ...env },
          });
          assert.equal(status, 0);
          const used = start(readFileSync(file.replace('_bytes', '_bulk'))).__heap_base.value;
          const bytes = form === '_bytes' ? used : Math.ceil(used / 65_536) * 65_536;
          assert.deepEqual(stdout.trim().split('\n'), [`memory ${bytes}`, 'self test 0', ...expected]);
        }
      }
    });
  }

  for (const [runtime, form] of [
    ['wasm3', ''],
    ['WAMR, classic', ''],
    ['WAMR, classic', '_bulk'],
    ['WAMR, fast', '_bulk'],
  ] as const) {
    it(`does in ${runtime} on a Cortex-M4 what it does on the host (small${form})`, { skip: skipOnCore }, async () => {
      const model = detectingModel();
      const out = await exportTo('wasm', [prepared(model, 'small')], join(scratch, `${runtime}${form} on a Cortex-M4`));
      const module = new Uint8Array(readFileSync(join(out, `spikeword_small${form}.wasm`)));
      const samples = await speech(8);
      const heard = await hearInRuntime(runtime, module, samples);
      const expected = heardByKernel(model, samples);
      assert.ok(expected.detections.length > 0);
      assert.deepEqual(comparable(heard), expected);
      assert.ok(heard.unchanged, 'the module may stand in flash');
      // WAMR cuts the memory there; wasm3 gives whole pages
      const { memory, __heap_base } = start(module);
      assert.equal(heard.linear, runtime === 'wasm3' ? memory.buffer.byteLength : __heap_base.value);
      assert.ok(heard.runtimeStack > 1000 && heard.runtimeStack < 2200, `${heard.runtimeStack} bytes of 4096`);
      assert.ok(heard.stack < 4096, `${heard.stack} bytes of the processor's stack`);
    });
  }
});
