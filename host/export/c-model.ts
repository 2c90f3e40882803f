import { type ExportedModel, identifier } from './exported-model.js';

const COLUMNS = 24;

/** The bytes as rows of decimal numbers. */
function rows(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += COLUMNS) lines.push(`  ${bytes.subarray(at, at + COLUMNS).join(',')}`);
  return lines.join(',\n');
}

const text = (value: string): string => JSON.stringify(value);

/** Names of the words as constants, each once. */
function wordNames(labels: readonly string[], prefix: string): string[] {
  const used = new Set<string>();
  return labels.map((label, k) => {
    const plain = `${prefix}_${identifier(label).toUpperCase()}`;
    const name = used.has(plain) ? `${plain}_${k}` : plain;
    used.add(name);
    return name;
  });
}

/** Returns the header and the source of a model, by their file names. */
export function modelFiles({ name, bytes, network: { labels }, test }: ExportedModel): Map<string, string> {
  const symbol = `spikeword_${name}`;
  const caps = symbol.toUpperCase();
  const words = wordNames(labels, caps).map((word, k) => `  ${word} = ${k}`);
  const header = `/** A model for spikeword.h: ${labels.join(', ').replaceAll('*/', '* /')}. */
#ifndef ${caps}_H
#define ${caps}_H

#include "spikeword.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ${caps}_BYTES ${bytes.length}u
extern const uint8_t ${symbol}[${caps}_BYTES];
extern const spikeword_test ${symbol}_test;

/** The words, as spikeword_detection numbers them. */
enum {
${words.join(',\n')}
};

#ifdef __cplusplus
}
#endif

#endif
`;
  const source = `#include "${symbol}.h"

__attribute__((aligned(16))) const uint8_t ${symbol}[${caps}_BYTES] = {
${rows(bytes)}
};

static const uint32_t spikes[] = {${test.layers.map(({ spikes }) => `${spikes}u`).join(', ')}};
static const char *const layer_names[] = {${test.layers.map((layer) => text(layer.name)).join(', ')}};

const spikeword_test ${symbol}_test = {
  ${test.seed}u, ${test.samples}u,
  ${test.features}u, ${test.scores}u,
  ${test.layers.length}u, spikes, layer_names,
  ${test.heard}u, ${test.word}, ${test.wordSamples}u
};
`;
  return new Map([
    [`${symbol}.h`, header],
    [`${symbol}.c`, source],
  ]);
}
