import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { rewriteTranslation, type Translation } from '../../host/boards/index.js';
import { ToolError } from '../../host/system/error.js';
import { packagePath, wasmBytes } from '../../host/system/package-files.js';
import { skipWithout } from './skip.js';

describe("the editing of wasm2c's output", { skip: await skipWithout('wasm2c', 'wat2wasm') }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-rewrite-'));
  after(() => rmSync(folder, { recursive: true }));

  function translate(wasm: Uint8Array): Translation {
    const path = join(folder, 'module.wasm');
    writeFileSync(path, wasm);
    execFileSync('wasm2c', [path, '-n', 'kernel', '--no-debug-names', '-o', join(folder, 'kernel-wasm.c')]);
    return {
      source: readFileSync(join(folder, 'kernel-wasm.c'), 'utf8'),
      header: readFileSync(join(folder, 'kernel-wasm.h'), 'utf8'),
    };
  }
  /** Returns the module of the runtime's tests with a line that replaces its function `reset`. */
  function withReset(line: string): Translation {
    const text = readFileSync(packagePath('test/firmware/programs/accesses.wat'), 'utf8');
    const path = join(folder, 'module.wat');
    const original = '(func (export "reset"))';
    assert.ok(text.includes(original));
    writeFileSync(path, text.replace(original, line));
    execFileSync('wat2wasm', [path, '-o', join(folder, 'made.wasm')]);
    return translate(readFileSync(join(folder, 'made.wasm')));
  }

  let kernel: Translation;
  before(() => {
    kernel = translate(wasmBytes('kernel'));
  });

  const assertRefused = (translation: Translation, reason: RegExp): void =>
    assert.throws(
      () => rewriteTranslation(translation),
      (error) => error instanceof ToolError && reason.test(error.message),
    );

  it('leaves no access that wasm2c would check, and no instance that has a name', () => {
    const { source, header, globals } = rewriteTranslation(kernel);
    assert.doesNotMatch(source, /w2c_memory|\binstance\b|wasm_rt_memory_t|\bmem->|assert\(/);
    assert.doesNotMatch(header + globals, /wasm_rt_memory_t/);
    const accesses = /\bi(?:32|64)_(?:load|store)\w*\(/g;
    const body = kernel.source.slice(kernel.source.indexOf('static bool s_module_initialized'));
    assert.equal(source.match(accesses)?.length, body.match(accesses)?.length);
    // every access has a base and a constant offset
    assert.equal(
      source.match(/\bi(?:32|64)_(?:load|store)\w*\(WASM_PASS \w+, \d+u[,)]/g)?.length,
      source.match(accesses)?.length,
    );
  });

  it('marks the loading of a model as rare, and nothing that an inference or a stream calls', () => {
    const { source } = rewriteTranslation(kernel);
    const rare = new Set([...source.matchAll(/^WASM_RARE static \w+ (\w+)\(.*\);$/gm)].map(([, name]) => name));
    for (const name of ['w2c_load', 'w2c_check', 'w2c_reset']) assert.ok(rare.has(name), name);
    // a rare function is called by rare ones and by exports only
    for (const [, name, body] of source.matchAll(/^static \w+ (w2c_\w+)\([^;{]*\) \{\n(.*?)^\}/gms)) {
      const called = [...body.matchAll(/\b(w2c_\w+)\(/g)].map(([, callee]) => callee);
      if (!rare.has(name))
        assert.deepEqual(
          called.filter((callee) => rare.has(callee)),
          [],
          name,
        );
    }
    for (const name of ['begin', 'push', 'step', 'infer', 'hear', 'work', 'listen', 'detect']) {
      assert.ok(!rare.has(`w2c_${name}`), name);
    }
  });

  const CHANGES: readonly [what: string, from: RegExp, to: string, reason: RegExp][] = [
    ['the end of the definitions', /s_module_initialized = false/, 's_module_started = false', /s_module_initialized/],
    ['the name of the memory', /&instance->w2c_memory, \(u64\)/g, '&instance->w2c_mem, (u64)', /loads and stores/],
    [
      'one access',
      /i32_load\(&instance->w2c_memory, \(u64\)\((\w+)\)/,
      'i32_load(&instance->w2c_memory, ($1)',
      /not checked/,
    ],
    ['the data segments', /LOAD_DATA/g, 'LOAD_SEGMENT', /data segments/],
    ['the size of the memory', /memory, 1, 65536\)/, 'memory, 2, 65536)', /one page of memory/],
    ['the types of functions', /static u32 func_types/, 'static const u32 func_types', /types of functions/],
    ['the end', /void Z_kernel_free\(/g, 'void Z_kernel_drop(', /end of the instance/],
  ];
  for (const [what, from, to, reason] of CHANGES) {
    it(`refuses another form of ${what}, and names it`, () => {
      const changed = kernel.source.replace(from, to);
      assert.notEqual(changed, kernel.source);
      assertRefused({ ...kernel, source: changed }, reason);
    });
  }

  it('refuses another form of the header', () => {
    const header = kernel.header.replace('wasm_rt_memory_t w2c_memory;', 'wasm_rt_memory_t *w2c_memory;');
    assertRefused({ ...kernel, header }, /field of the memory/);
  });

  it('refuses recursion, floats, tables, imports and a growing memory', () => {
    assertRefused(withReset('(func $again (export "reset") (call $again))'), /calls itself: (\w+) → \1/);
    assertRefused(
      withReset('(func (export "reset") (f32.store (i32.const 0) (f32.load (i32.const 4))))'),
      /no floating point/,
    );
    assertRefused(
      withReset('(table 1 funcref) (type $t (func)) (func (export "reset") (call_indirect (type $t) (i32.const 0)))'),
      /no tables/,
    );
    assertRefused(withReset('(func (export "reset") (drop (memory.grow (i32.const 1))))'), /does not grow/);
    assertRefused(withReset('(func (export "reset") (drop (memory.size)))'), /does not grow/);
  });
});
