import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  COLOURS,
  columnsOf,
  left,
  PLAIN,
  right,
  shellQuoted,
  textTable,
  wrapLine,
  wrapText,
} from '../../host/core/text/index.js';

describe('a line that is too long', () => {
  test('is broken between words, and further lines begin below the text after a label', () => {
    assert.deepEqual(wrapLine('  RAM    one two three four', 20), ['  RAM    one two', '         three four']);
    assert.deepEqual(wrapLine('one two three four', 10), ['one two', 'three four']);
    assert.deepEqual(wrapLine('    deep words here', 12), ['    deep', '    words', '    here']);
  });

  test('keeps every word, in order', () => {
    const line = 'Sphinx of black quartz, judge my vow: 12,345 of 67,890 clips by 5 speakers';
    for (let columns = 8; columns < 80; columns++) {
      const lines = wrapLine(line, columns);
      assert.equal(lines.join(' ').replace(/ +/g, ' '), line);
      for (const one of lines) assert.ok(columnsOf(one) <= columns || !one.trim().includes(' '), `${columns}: ${one}`);
    }
  });

  test('is not broken between a number and its sign or unit', () => {
    for (const number of ['95 %', '2.1 ×', 'θ = 0.109', '40 ms', '≤ 20']) {
      for (let columns = 9; columns < 30; columns++) {
        const lines = wrapLine(`some words ${number} more words`, columns);
        assert.ok(
          lines.some((line) => line.includes(number)),
          `${columns}: ${lines.join('|')}`,
        );
      }
    }
  });

  test('gives a word that is longer than a line a line of its own', () => {
    const path = '/a/very/long/path/to/a/file.wav';
    assert.deepEqual(wrapLine(`cannot read ${path} now`, 20), ['cannot read', path, 'now']);
  });

  test('counts no codes of colours', () => {
    assert.equal(columnsOf(COLOURS.warning('12 34')), 5);
    assert.equal(wrapText(`${COLOURS.miss('ab cd')} ef`, 8), `${COLOURS.miss('ab cd')} ef`);
  });
});

describe('a table', () => {
  const rows = [
    { name: 'stem', a: 123456, told: 'no (3), up (1), left (12), right (40)' },
    { name: 'stage1.block1.conv1', a: 7, told: '' },
  ];
  const columns = [
    left<(typeof rows)[0]>('layer', ({ name }) => name),
    right<(typeof rows)[0]>('work', ({ a }) => a),
    left<(typeof rows)[0]>('mistaken for', ({ told }) => told),
  ];

  test('that is too wide has the text in its last column wrapped', () => {
    assert.deepEqual(textTable(rows, columns, 50), [
      'layer                  work  mistaken for',
      `${'─'.repeat(50)}`,
      'stem                 123456  no (3), up (1), left',
      '                             (12), right (40)',
      'stage1.block1.conv1       7',
    ]);
  });

  test('that is still too wide continues below, with its first column again', () => {
    const wide = [columns[0], ...[1, 2, 3, 4].map((k) => right<(typeof rows)[0]>(`column ${k}`, () => '1,234,567'))];
    const lines = textTable(rows, wide, 45);
    assert.ok(
      lines.every((line) => columnsOf(line) <= 45),
      lines.join('\n'),
    );
    const titles = lines.filter((line) => line.startsWith('layer'));
    assert.deepEqual(
      titles.map((line) => line.split(/ {2,}/).slice(1)),
      [
        ['column 1', 'column 2'],
        ['column 3', 'column 4'],
      ],
    );
    assert.equal(lines.filter((line) => line.startsWith('stem ')).length, 2);
  });

  test('lines up with colours as without', () => {
    const painted = [columns[0], columns[1], left<(typeof rows)[0]>('x', ({ a }) => COLOURS.miss(`${a}`))];
    const plain = [columns[0], columns[1], left<(typeof rows)[0]>('x', ({ a }) => PLAIN.miss(`${a}`))];
    const widths = (lines: readonly string[]) => lines.map((line) => columnsOf(line));
    assert.deepEqual(widths(textTable(rows, painted)), widths(textTable(rows, plain)));
  });
});

test('a word is quoted for a shell only where it needs to be', () => {
  assert.equal(shellQuoted('runs/mine-2_a.spkw'), 'runs/mine-2_a.spkw');
  assert.equal(shellQuoted('turn on'), "'turn on'");
  assert.equal(shellQuoted("it's"), "'it'\\''s'");
  assert.equal(shellQuoted('$HOME'), "'$HOME'");
  assert.equal(shellQuoted(''), "''");
});
