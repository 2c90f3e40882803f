import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inflateSync } from 'node:zlib';
import {
  type ClipPortrait,
  encodeGreyPng,
  layerRaster,
  renderReport,
  renderText,
} from '../../host/evaluation/index.js';
import { reportFixture, SEVENTEEN, THIRTY_FIVE } from './report-fixture.js';

const portrait: ClipPortrait = {
  clip: 'yes/1234_nohash_0.wav',
  reason: 'mistake',
  spoken: 'yes',
  answers: [
    { label: 'left', probability: 0.9 },
    { label: 'yes', probability: 0.1 },
  ],
  spectrogram: { frames: 3, bands: 2, values: Float64Array.of(-13, -5, -4, -3, -9, -8) },
  features: { frames: 3, coefficients: 2, values: Int8Array.of(-128, 127, 0, 5, -5, 64) },
  rasters: [layerRaster('stem', Uint8Array.of(1, 0, 1, 0, 0, 1), { channels: 1, frames: 3, bands: 1 }, 2)],
  spikes: 3,
};

/** Returns the tags that are never closed, or closed in the wrong order. */
function unbalanced(html: string): string[] {
  const empty = new Set(['meta', 'line', 'rect', 'circle', 'image']);
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, slash, name, rest] of html.replace(/<wbr>/g, '').matchAll(/<(\/?)([a-z0-9]+)((?:"[^"]*"|[^>"])*)>/g)) {
    if (slash === '/') {
      const last = open.pop();
      if (last !== name) wrong.push(`</${name}> closes <${last}>`);
    } else if (!empty.has(name) && !rest.endsWith('/')) open.push(name);
  }
  return [...wrong, ...open];
}

describe('the page of a report', () => {
  const report = reportFixture(SEVENTEEN);
  const page = renderReport(report, [portrait]);

  test('has no external references and no script', () => {
    assert.doesNotMatch(page, /<script|https?:|@import|<link|\bon[a-z]+=/i);
    for (const [, target] of page.matchAll(/(?:src|href|url)\s*(?:=\s*"|\()([^")]*)/g)) {
      assert.match(target, /^(data:image\/png;base64,|#)/);
    }
  });

  test('closes every element that it opens', () => {
    assert.deepEqual(unbalanced(page), []);
  });

  test('shows the figures of the report', () => {
    for (const figure of ['90.23 %', '89.22 % to 91.15 %', '0.730', '599,348', '96.0 KiB', '23.4 KiB', '1,433']) {
      assert.ok(page.includes(figure), `${figure} is missing`);
    }
  });

  test('is the same, byte for byte, for the same report', () => {
    assert.equal(renderReport(reportFixture(SEVENTEEN), [portrait]), page);
  });

  test('names every mistake and every clip that it draws', () => {
    for (const { clip } of [...report.mistakes, portrait]) assert.ok(page.includes(clip), `${clip} is missing`);
  });

  test('gives every mask its own id', () => {
    const ids = [...renderReport(report, [portrait, portrait]).matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    assert.ok(ids.length > 0);
    assert.equal(new Set(ids).size, ids.length);
  });

  test('escapes labels and file names', () => {
    const hostile = { ...portrait, clip: '<script>alert("&")</script>.wav' };
    const html = renderReport(reportFixture(['<img onerror=x>', 'b"c']), [hostile]);
    assert.doesNotMatch(html, /<script|<img/);
    assert.ok(html.includes('&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;.wav'));
    assert.deepEqual(unbalanced(html), []);
  });

  test('works with classes without clips, no mistakes and no comparison', () => {
    const bare = reportFixture(['a', 'b', 'c'], 1);
    const html = renderReport({
      ...bare,
      mistakes: [],
      agreement: null,
      agreementWith: 'no checkpoint',
      floatAccuracy: null,
    });
    assert.doesNotMatch(html, /NaN|undefined|null/);
    assert.deepEqual(unbalanced(html), []);
  });
});

describe('the colours of the page', () => {
  const page = renderReport(reportFixture(SEVENTEEN));
  // those of every page, then those of this one: light and dark by turns
  const blocks = [...page.matchAll(/:root \{([^}]*)\}/g)].map(([, body]) => body);
  const [light, dark] = [0, 1].map((theme) => blocks.filter((_, k) => k % 2 === theme).join(''));

  /** The channels of a variable, 0…255. */
  function colour(theme: string, name: string): number[] {
    const value = new RegExp(`--${name}: ([^;]*);`).exec(theme)?.[1] ?? '';
    if (!value.startsWith('#')) return value.split(' ').map(Number);
    return [1, 3, 5].map((k) => Number.parseInt(value.slice(k, k + 2), 16));
  }
  const mix = (over: number[], under: number[], alpha: number): number[] =>
    over.map((channel, k) => alpha * channel + (1 - alpha) * under[k]);
  /** WCAG 2.2 relative luminance. */
  const luminance = (channels: number[]): number => {
    const [r, g, b] = channels.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a: number[], b: number[]): number => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const tints = [...page.matchAll(/--tint:([0-9.]+)/g)].map(([, tint]) => Number(tint));
  const strongest = Math.max(...tints);

  for (const [name, theme] of [
    ['light', light],
    ['dark', dark],
  ]) {
    test(`let text be read in the ${name} theme, in the strongest cell of the matrix too`, () => {
      const card = colour(theme, 'card');
      const ink = colour(theme, 'ink');
      const pairs: [string, number[], number[]][] = [
        ['text', ink, colour(theme, 'ground')],
        ['notes', colour(theme, 'muted'), colour(theme, 'ground')],
        ['hits', ink, mix(colour(theme, 'right'), card, strongest)],
        ['mistakes', ink, mix(colour(theme, 'wrong'), card, strongest)],
      ];
      for (const [what, front, back] of pairs) {
        assert.ok(contrast(front, back) >= 4.5, `${what}: contrast ${contrast(front, back).toFixed(2)}`);
      }
    });
  }
});

describe('a grey PNG', () => {
  const pixels = Uint8Array.of(0, 1, 2, 253, 254, 255);
  const png = Buffer.from(encodeGreyPng(3, 2, pixels));

  /** CRC-32 of ISO/IEC 15948, bit by bit. */
  function crc(bytes: Uint8Array): number {
    let value = 0xffffffff;
    for (const byte of bytes) {
      value ^= byte;
      for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    }
    return ~value >>> 0;
  }

  test('has complete chunks in order and decodes to the same pixels', () => {
    assert.equal(png.subarray(0, 8).toString('latin1'), '\x89PNG\r\n\x1a\n');
    const chunks: [string, Buffer][] = [];
    for (let at = 8; at < png.length; ) {
      const length = png.readUInt32BE(at);
      const body = png.subarray(at + 4, at + 8 + length);
      assert.equal(png.readUInt32BE(at + 8 + length), crc(body));
      chunks.push([body.toString('latin1', 0, 4), body.subarray(4)]);
      at += 12 + length;
    }
    assert.deepEqual(
      chunks.map(([type]) => type),
      ['IHDR', 'IDAT', 'IEND'],
    );
    assert.deepEqual([...chunks[0][1]], [0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, 0]);
    assert.deepEqual([...inflateSync(chunks[1][1])], [0, 0, 1, 2, 0, 253, 254, 255]);
  });
});

describe('the text of a report', () => {
  test('shows the figures, every layer, every class and the matrix', () => {
    const report = reportFixture(SEVENTEEN);
    const text = renderText(report, 100);
    for (const figure of ['90.23 %', '89.22 % to 91.15 %', '99.34 %', '0.730', '599,348', '1,433 clips/s']) {
      assert.ok(text.includes(figure), `${figure} is missing`);
    }
    for (const { name } of report.layers) assert.match(text, new RegExp(`^${name} `, 'm'));
    for (const label of SEVENTEEN) assert.equal(text.match(new RegExp(`^${label} `, 'gm'))?.length, 2);
  });

  test('leaves out a matrix that is wider than the terminal, and says where to find it', () => {
    const text = renderText(reportFixture(THIRTY_FIVE), 100);
    assert.match(text, /35 × 35.*--report/);
    assert.ok(text.split('\n').every((line) => [...line].length <= 100));
  });

  test('says why there is no agreement', () => {
    const report = {
      ...reportFixture(SEVENTEEN),
      agreement: null,
      agreementWith: 'no checkpoint next to the model',
      floatAccuracy: null,
    };
    assert.match(renderText(report, 100), /agreement +not measured +no checkpoint next to the model\n/);
  });
});
