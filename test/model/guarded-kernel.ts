import assert from 'node:assert/strict';
import { checkAbi, type KernelExports, QUERY } from '../../host/core/kernel/index.js';
import { wasmBytes } from '../../host/system/package-files.js';

const PAGE = 65_536;
const MEMORY = 2 * PAGE;
/** A network that needs more to listen is not made to. */
const MOST_FRAMES = 64;

/**
 * A kernel whose model ends with the last byte of memory, so that a read beyond it traps. It also checks whether
 * anything between RAM and model, or in the model, was written.
 */
export class GuardedKernel {
  private readonly exports: KernelExports;
  private readonly memory: Buffer;
  private readonly canary: Buffer;

  /**
   * `ram` is what the kernel may use, in bytes, a multiple of 4. Memory that belongs neither to it nor to the model is
   * filled with `filling`: a kernel that reads there gives another answer than one with another filling.
   */
  constructor(
    name: 'kernel' | 'kernel-dense',
    private readonly ram: number,
    private readonly filling = 0xa5,
  ) {
    this.canary = Buffer.alloc(MEMORY, filling);
    this.exports = checkAbi(new WebAssembly.Instance(new WebAssembly.Module(wasmBytes(name))).exports);
    this.exports.memory.grow(MEMORY / PAGE - this.exports.memory.buffer.byteLength / PAGE);
    this.memory = Buffer.from(this.exports.memory.buffer);
    this.memory.fill(filling, ram);
  }

  /**
   * Loads a file and, if it is accepted, runs it on `features` (as many as fit), on a frame of sound and, if it
   * listens, on a stream.
   */
  run(model: Uint8Array, features: Int8Array): { error: number; scores: number[] } {
    const { exports, memory } = this;
    const address = (MEMORY - model.length) & ~3;
    memory.set(model, address);
    const error = exports.load(address, model.length, this.ram);
    let scores: number[] = [];
    if (error === 0) {
      assert.ok(exports.query(QUERY.ramBytes) <= this.ram, 'RAM within its limit');
      exports.push(exports.query(QUERY.pushSamples));
      const size = exports.query(QUERY.frames) * exports.query(QUERY.coefficients);
      memory.set(new Uint8Array(features.buffer, 0, Math.min(size, features.length)), exports.query(QUERY.features));
      const winner = exports.infer();
      assert.ok(winner >= 0 && winner < exports.query(QUERY.classes), 'a class of the model');
      const read = (): number[] => [
        ...new Int32Array(memory.buffer, exports.query(QUERY.scores), exports.query(QUERY.classes)),
      ];
      scores = read();
      const hop = exports.query(QUERY.hop);
      const frames = exports.query(QUERY.frames) + 2 * hop;
      if (hop > 0 && frames <= MOST_FRAMES && exports.query(QUERY.coefficients) === 10) {
        exports.reset();
        for (let frame = 0; frame <= frames; frame++) {
          if (exports.listen(exports.query(QUERY.pushSamples)) === 1) scores.push(...read());
        }
      }
    } else {
      assert.equal(exports.infer(), -1, 'no inference without a model');
      assert.equal(exports.query(QUERY.features), 0, 'no addresses without a model');
    }
    assert.ok(memory.subarray(this.ram, address).equals(this.canary.subarray(this.ram, address)), 'canary');
    assert.ok(memory.subarray(address, address + model.length).equals(model), 'the model is only read');
    memory.fill(this.filling, address);
    return { error, scores };
  }
}
