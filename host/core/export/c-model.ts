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
function wordNames(labels: readonly string[], model: string): string[] {
  const used = new Set<string>();
  return labels.map((label, k) => {
    const plain = `SPIKEWORD_WORD_${model}_${identifier(label).toUpperCase()}`;
    const name = used.has(plain) ? `${plain}_${k}` : plain;
    used.add(name);
    return name;
  });
}

/**
 * Returns the header and the source of a model, by their file names. The names of a model never meet those of the
 * library, whatever the model is called: `spikeword_model_NAME`, `SPIKEWORD_BYTES_NAME`, `spikeword_test_NAME`.
 */
export function modelFiles({ name, bytes, network: { labels }, test }: ExportedModel): Map<string, string> {
  const caps = name.toUpperCase();
  const words = wordNames(labels, caps).map((word, k) => `  ${word} = ${k}`);
  const header = `/** A model for spikeword.h: ${labels.join(', ').replaceAll('*/', '* /')}. */
#ifndef SPIKEWORD_HEADER_${caps}
#define SPIKEWORD_HEADER_${caps}

#include "spikeword.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SPIKEWORD_BYTES_${caps} ${bytes.length}u
extern const uint8_t spikeword_model_${name}[SPIKEWORD_BYTES_${caps}];
extern const spikeword_test spikeword_test_${name};

/** The words, as spikeword_detection numbers them. */
enum {
${words.join(',\n')}
};

#ifdef __cplusplus
}
#endif

#endif
`;
  const source = `#include "spikeword_${name}.h"

__attribute__((aligned(16))) const uint8_t spikeword_model_${name}[SPIKEWORD_BYTES_${caps}] = {
${rows(bytes)}
};

static const uint32_t spikes[] = {${test.layers.map(({ spikes }) => `${spikes}u`).join(', ')}};
static const char *const layer_names[] = {${test.layers.map((layer) => text(layer.name)).join(', ')}};

const spikeword_test spikeword_test_${name} = {
  ${test.seed}u, ${test.samples}u,
  ${test.features}u, ${test.scores}u,
  ${test.layers.length}u, spikes, layer_names,
  ${test.heard}u, ${test.word}, ${test.wordSamples}u
};
`;
  return new Map([
    [`spikeword_${name}.h`, header],
    [`spikeword_${name}.c`, source],
  ]);
}
