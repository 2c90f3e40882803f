import assert from 'node:assert/strict';
import type { Kernel } from '../../host/core/kernel/index.js';
import { encodeModel } from '../../host/core/model/index.js';
import type { QuantizedNetwork } from '../../host/core/quantization/index.js';
import { openKernel } from '../../host/model/index.js';
import { judge } from '../judge/judge.js';

/** Both kernels with one network, for comparison with the judge: every spike, current, score and count. */
export class Agreement {
  private readonly kernels: readonly { name: string; kernel: Kernel }[];

  constructor(private readonly network: QuantizedNetwork) {
    const model = encodeModel(network);
    this.kernels = [false, true].map((dense) => ({
      name: dense ? 'dense' : 'event-driven',
      kernel: openKernel(model, { dense }),
    }));
  }

  /** Fails if a kernel and the judge differ on `features`, int8 [frame][coefficient], which `what` describes. */
  check(features: Int8Array, what: string): void {
    const expected = judge(this.network, features);
    for (const { name: kind, kernel } of this.kernels) {
      const { inference, stemCurrent, spikes } = kernel.trace(features);
      const name = `${what}, ${kind}`;
      assert.deepEqual(stemCurrent, expected.stemCurrent, `${name}: current of the stem`);
      spikes.forEach((layer, k) => {
        const differs = layer.findIndex((spike, n) => spike !== expected.spikes[k][n]);
        assert.equal(differs, -1, `${name}: spike ${differs} of layer ${this.network.layers[k].name}`);
        assert.equal(layer.length, expected.spikes[k].length, `${name}: neurons of layer ${k}`);
      });
      assert.deepEqual(Array.from(inference.scores), expected.scores, `${name}: scores`);
      assert.equal(inference.class, expected.class, `${name}: class`);
      assert.equal(inference.timesteps, expected.timesteps, `${name}: timesteps`);
      const counts = expected.spikes.map((layer) => layer.reduce((sum, spike) => sum + spike, 0));
      assert.deepEqual(Array.from(inference.spikes), counts, `${name}: spike counts`);
      assert.deepEqual(Array.from(inference.synapticOperations), expected.synapticOperations, `${name}: operations`);
      assert.deepEqual(kernel.infer(features), inference, `${name}: at once and layer by layer`);
    }
  }
}
