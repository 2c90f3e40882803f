import { CLIP_FRAMES, CLIP_SAMPLES } from '../audio/index.js';
import type { CompiledModule } from '../compiled-module.js';
import { NetworkError } from '../error.js';
import { COEFFICIENTS } from './generated.js';
import { checkFeatureParameters, type FeatureParameters } from './parameters.js';

/** What assembly/inference/frontend/index.ts exports; pointers are byte addresses. */
interface FrontEndModule {
  readonly memory: WebAssembly.Memory;
  frontendFreeMemory(): number;
  frontendReset(): void;
  frontendPush(samples: number, count: number, raw: number): number;
  quantiseFrames(raw: number, frames: number, mean: number, multiplier: number, out: number): void;
}

/** The fixed-point front end, the same code that boards run, over the memory of one WASM instance. */
export class FrontEnd {
  private readonly module: FrontEndModule;
  private readonly samples: Int16Array;
  private readonly raw: Int32Array;
  private readonly mean: Int32Array;
  private readonly multiplier: Int32Array;
  private readonly quantised: Int8Array;
  private frames = 0;

  private constructor(module: CompiledModule) {
    this.module = new WebAssembly.Instance(module).exports as unknown as FrontEndModule;
    let next = (this.module.frontendFreeMemory() + 15) & ~15;
    const place = (bytes: number): number => {
      const address = next;
      next += (bytes + 15) & ~15;
      return address;
    };
    const samples = place(CLIP_SAMPLES * 2);
    const raw = place(CLIP_FRAMES * COEFFICIENTS * 4);
    const mean = place(COEFFICIENTS * 4);
    const multiplier = place(COEFFICIENTS * 4);
    const quantised = place(CLIP_FRAMES * COEFFICIENTS);
    const { memory } = this.module;
    const missing = next - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65_536));
    this.samples = new Int16Array(memory.buffer, samples, CLIP_SAMPLES);
    this.raw = new Int32Array(memory.buffer, raw, CLIP_FRAMES * COEFFICIENTS);
    this.mean = new Int32Array(memory.buffer, mean, COEFFICIENTS);
    this.multiplier = new Int32Array(memory.buffer, multiplier, COEFFICIENTS);
    this.quantised = new Int8Array(memory.buffer, quantised, CLIP_FRAMES * COEFFICIENTS);
  }

  /**
   * Creates a front end; `module` is dist/wasm/frontend.wasm, compiled. Without parameters only `rawMfcc` works until
   * `setParameters` is called. Throws `NetworkError` on parameters out of range.
   */
  static create(module: CompiledModule, parameters?: FeatureParameters): FrontEnd {
    const frontEnd = new FrontEnd(module);
    if (parameters) frontEnd.setParameters(parameters);
    return frontEnd;
  }

  /** Throws NetworkError on parameters out of range. */
  setParameters(parameters: FeatureParameters): void {
    checkFeatureParameters(parameters);
    this.mean.set(parameters.mean);
    this.multiplier.set(parameters.multiplier);
    this.frames = parameters.frames;
  }

  /**
   * The MFCCs of a clip: [49][10], MFCC_FRACTION_BITS fraction bits, a copy. `samples` is a whole clip, 16 000 samples
   * at 16 kHz; throws NetworkError otherwise.
   */
  rawMfcc(samples: Int16Array): Int32Array {
    this.compute(samples);
    return this.raw.slice();
  }

  /**
   * The features of a clip: int8 [frames][10], written to `target` if given (which must have that length), otherwise a
   * copy. Throws NetworkError without parameters or on a clip that does not have 16 000 samples.
   */
  features(samples: Int16Array, target?: Int8Array): Int8Array {
    if (this.frames === 0)
      throw new NetworkError('features need parameters: compute them from clips, or use those of the model');
    this.compute(samples);
    const length = this.frames * COEFFICIENTS;
    if (target && target.length !== length) {
      throw new NetworkError(
        `there is room for only ${target.length} features, but ${length} are needed (${this.frames} frames)`,
      );
    }
    const { module, raw, mean, multiplier, quantised } = this;
    module.quantiseFrames(raw.byteOffset, this.frames, mean.byteOffset, multiplier.byteOffset, quantised.byteOffset);
    const result = quantised.subarray(0, length);
    if (!target) return result.slice();
    target.set(result);
    return target;
  }

  private compute(samples: Int16Array): void {
    if (samples.length !== CLIP_SAMPLES) {
      throw new NetworkError(`a clip of ${samples.length} samples, expected ${CLIP_SAMPLES} (cut or pad it first)`);
    }
    this.samples.set(samples);
    this.module.frontendReset();
    this.module.frontendPush(this.samples.byteOffset, CLIP_SAMPLES, this.raw.byteOffset);
  }
}
