import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { spikeword, unwrapped } from '../cli/spikeword.js';
import { skipWithout } from '../firmware/skip.js';

describe('spikeword export', { skip: await skipWithout('wasm2c') }, () => {
  const scratch = mkdtempSync(join(tmpdir(), 'spikeword-export-command-'));
  after(() => rmSync(scratch, { recursive: true }));
  const at = (name: string): string => join(scratch, name);

  it('says what it wrote, what that takes, and what to type next', () => {
    const { code, stdout } = spikeword('export', '--to', 'c', '--out', at('c'));
    assert.equal(code, 0);
    const [wrote, takes, next] = stdout.split('\n');
    assert.equal(wrote, `${at('c')}  C with CMake, ${readdirSync(at('c')).length} files`);
    assert.match(
      takes,
      /^RAM \d\d,\d{3} bytes \(at least \d\d,\d{3} bytes\), model \d{3},\d{3} bytes; its self test hears: \w+$/,
    );
    assert.match(next, /^next: cd .* && cmake -B build /);
  });

  it('limits what the model answers to before it leaves', () => {
    const { code, stderr } = spikeword('export', '--to', 'c', '--words', 'yes,no', '--out', at('two'));
    assert.equal(code, 0, stderr);
    assert.match(readFileSync(at('two/README.md'), 'utf8'), /^Hears yes, no in 16 kHz sound\./m);
  });

  it('writes --json for programs', () => {
    const { stdout } = spikeword('export', '--to', 'npm', '--name', 'My Words!', '--out', at('npm'), '--json');
    const { path, modelBytes, testWords } = JSON.parse(stdout);
    assert.deepEqual([path, modelBytes > 190_000, testWords.length], [at('npm'), true, 1]);
    assert.equal(JSON.parse(readFileSync(at('npm/package.json'), 'utf8')).name, 'spikeword-my-words');
  });

  it('refuses what it cannot do, in a sentence, and writes nothing', () => {
    writeFileSync(at('mine'), 'mine');
    const refusals: readonly [args: string[], exitCode: number, said: RegExp][] = [
      [['--to', 'c', '--out', at('mine')], 1, /mine: exists already; remove it, or choose another --out/],
      [['--to', 'fridge'], 2, /'fridge' is invalid\. Allowed choices are c, arduino/],
      [[], 2, /required option '--to <form>' not specified/],
      [['missing.spkw', '--to', 'c', '--out', at('no')], 1, /missing\.spkw: cannot be read/],
      [['--to', 'c', '--words', 'fridge', '--out', at('no')], 1, /fridge/],
      [
        ['models/commands.spkw', 'models/commands.spkw', '--to', 'c', '--out', at('no')],
        2,
        /two models have the name commands/,
      ],
      [
        ['models/commands.spkw', 'models/gsc-17-small.spkw', '--to', 'npm', '--out', at('no')],
        2,
        /--to npm has one model/,
      ],
    ];
    for (const [args, exitCode, said] of refusals) {
      const ended = spikeword('export', ...args);
      assert.match(unwrapped(ended.stderr), said);
      assert.deepEqual([ended.code, ended.stdout], [exitCode, ''], args.join(' '));
    }
    assert.equal(readFileSync(at('mine'), 'utf8'), 'mine');
    assert.ok(!existsSync(at('no')));
  });
});
