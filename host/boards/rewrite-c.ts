import { ToolError } from '../system/index.js';

/** wasm2c's translation of a module: C source and header. */
export interface Translation {
  readonly source: string;
  readonly header: string;
}

/** The translation as the runtime needs it. */
export interface RewrittenTranslation extends Translation {
  /** The header that declares the type of the module's global variables. */
  readonly globals: string;
}

/** wasm2c 1.0.32 puts its own definitions of memory and operators above this line. */
const DEFINITIONS_END = 'static bool s_module_initialized = false;\n';

const LOAD_OR_STORE =
  /\b(i(?:32|64)_(?:load|store)\w*)\(&instance->w2c_memory, \(u64\)\((\w+)\)(?: \+ (\d+)u?)?(?=[,)])/g;

/** Replaces all matches. Throws `ToolError` naming `what` unless there is at least one, or exactly `count` if given. */
function replace(text: string, what: string, pattern: RegExp, by: string, count?: number): string {
  const found = text.match(pattern)?.length ?? 0;
  if (found === 0 || (count !== undefined && found !== count)) {
    const expected = count === undefined ? 'none' : `${found}, expected ${count}`;
    throw new ToolError(
      `wasm2c's output: ${what}: found ${expected}; this version of wasm2c writes different C from version 1.0.32, which spikeword needs: install that version`,
    );
  }
  return text.replace(pattern, by);
}

function refuse(text: string, what: string, pattern: RegExp): void {
  const found = pattern.exec(text);
  if (found === null) return;
  const line = text.slice(text.lastIndexOf('\n', found.index) + 1).split('\n', 1)[0];
  throw new ToolError(`wasm2c's output: ${what}: ${line.trim()}`);
}

type Calls = ReadonlyMap<string, readonly string[]>;

/** The functions of the kernel, and which others each calls. */
function callsIn(source: string): Calls {
  const calls = new Map<string, string[]>();
  for (const [, name, body] of source.matchAll(/^static \w+ (w2c_\w+)\([^;{]*\) \{\n(.*?)^\}/gms)) {
    calls.set(
      name,
      [...body.matchAll(/\b(w2c_\w+)\(/g)].map(([, callee]) => callee),
    );
  }
  if (calls.size === 0) throw new ToolError("wasm2c's output: functions: found none");
  return calls;
}

/** Throws `ToolError` if a function of the kernel can reach itself. The stack of a board has a fixed size. */
function refuseRecursion(calls: Calls): void {
  const finished = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) {
      throw new ToolError(`wasm2c's output: the kernel calls itself: ${[...path, name].join(' → ')}`);
    }
    if (finished.has(name)) return;
    for (const callee of calls.get(name) ?? []) visit(callee, [...path, name]);
    finished.add(name);
  };
  for (const name of calls.keys()) visit(name, []);
}

/** What is called when a model is loaded, or by tests. */
const RARELY_CALLED = /^w2c_(abiVersion|load|loadEmbedded|check|reset|query|stemCurrent)$/;

/** Marks what runs only when a model is loaded, for the compiler to make it small, not fast. */
function withRareFunctions(source: string, calls: Calls): string {
  const often = new Set<string>();
  const visit = (name: string): void => {
    if (often.has(name)) return;
    often.add(name);
    for (const callee of calls.get(name) ?? []) visit(callee);
  };
  // an export of the module calls the function of its name
  for (const [, name] of source.matchAll(/^\w+ Z_kernelZ_\w+\([^;{]*\) \{\n(?:.*\n)*?.*?\b(w2c_\w+)\(/gm)) {
    if (!RARELY_CALLED.test(name)) visit(name);
  }
  return source.replace(/^static \w+ (w2c_\w+)\(.*\);$/gm, (declaration, name) =>
    often.has(name) ? declaration : `WASM_RARE ${declaration}`,
  );
}

/**
 * Names the instance by macros of instance.h: a static variable in firmware, so that the compiler knows that nothing
 * else reaches its fields; an argument in the library, of which a program may have several.
 */
function withNamedInstance(text: string): string {
  return text
    .replace(/\(Z_kernel_instance_t ?\*(?: ?instance)?\)/g, '(WASM_SELF_ONLY)')
    .replace(/\(Z_kernel_instance_t ?\*(?: ?instance)?, /g, '(WASM_SELF ')
    .replace(/\(instance\)/g, '(WASM_PASS_ONLY)')
    .replace(/\(instance, /g, '(WASM_PASS ')
    .replace(/\binstance->/g, 'WASM_GLOBALS.');
}

function guarded(guard: string, includes: readonly string[], text: string): string {
  const lines = includes.map((name) => `#include "${name}"\n`).join('');
  return `#ifndef ${guard}\n#define ${guard}\n\n${lines}\n${text}\n#endif\n`;
}

/**
 * Edits wasm2c's translation of a module named `kernel` for firmware-bridge/runtime: wasm-rt.h replaces its
 * definitions, accesses become `i32_load(WASM_PASS base, offset)`, and the size of the memory and the pointer to the
 * instance are removed. Throws `ToolError` naming whatever does not have the expected form, so that another version of
 * wasm2c cannot add an unchecked access. It also throws for imports, tables, floats, a growing memory and recursion.
 */
export function rewriteTranslation({ source, header }: Translation): RewrittenTranslation {
  const end = source.indexOf(DEFINITIONS_END);
  if (end < 0) throw new ToolError(`wasm2c's output: not found: ${DEFINITIONS_END.trim()}`);
  let body = source.slice(end + DEFINITIONS_END.length);

  const calls = callsIn(body);
  refuseRecursion(calls);
  refuse(body, 'boards have no floating point', /\bf(?:32|64)\b|\bf(?:32|64)_/);
  refuse(body, 'boards have no tables', /CALL_INDIRECT|_table_|elem_segment/);
  refuse(body, 'the memory of a board does not grow', /wasm_rt_grow_memory|w2c_memory\.(?:pages|size)/);
  refuse(header, 'boards have nothing to import', /\/\* import/);

  body = replace(body, 'types of functions', /^static u32 func_types\[.*?^\}\n/gms, '', 1);
  body = replace(
    body,
    'one page of memory',
    /^ {2}wasm_rt_allocate_memory\(&instance->w2c_memory, 1, \d+\);\n/gm,
    '',
    1,
  );
  body = replace(body, 'data segments', /LOAD_DATA\(instance->w2c_memory, (\d+u), /g, 'LOAD_DATA($1, ');
  body = replace(body, 'loads and stores', LOAD_OR_STORE, '$1(WASM_PASS $2, $3u');
  body = body.replace(/\b(i(?:32|64)_(?:load|store)\w*\(WASM_PASS \w+, )u/g, '$10u');
  body = body.replace(/\bmemory_fill\(&instance->w2c_memory, /g, 'memory_fill(WASM_PASS ');
  body = body.replace(/\bmemory_copy\(&instance->w2c_memory, &instance->w2c_memory, /g, 'memory_copy(WASM_PASS ');
  body = replace(body, 'export of the memory', /^\/\* export: 'memory' \*\/\n.*?^\}\n/gms, '', 1);
  body = replace(body, 'start of the module', /^void Z_kernel_init_module\(void\) \{.*?^\}\n/gms, '', 1);
  body = replace(body, 'assertions', /^ {2}assert\(.*\);\n/gm, '', 2);
  body = replace(body, 'end of the instance', /^void Z_kernel_free\(.*?^\}\n/gms, '', 1);
  refuse(body, 'an access that is not checked', /w2c_memory/);

  const fields = /^typedef struct Z_kernel_instance_t \{\n(?: {2}u(?:32|64) w2c_g\d+;\n)*/m.exec(
    replace(header, 'field of the memory', /^ {2}wasm_rt_memory_t w2c_memory;\n/gm, '', 1),
  );
  if (fields === null) throw new ToolError("wasm2c's output: not found: the instance");

  body = withNamedInstance(withRareFunctions(body, calls)).replace(/^(?=\w+ Z_kernel)/gm, 'WASM_EXPORT ');
  refuse(body, 'the instance is still passed on', /\binstance\b/);
  const exports = body.match(/^WASM_EXPORT .*(?= \{$)/gm) ?? [];
  return {
    source: `#include "kernel-wasm.h"\n\nWASM_DEFINE_GLOBALS\n${body}`,
    header: guarded('KERNEL_WASM_H', ['kernel-globals.h', 'wasm-rt.h'], exports.map((line) => `${line};\n`).join('')),
    globals: guarded('KERNEL_GLOBALS_H', ['types.h'], `${fields[0]}} Z_kernel_instance_t;\n`),
  };
}
