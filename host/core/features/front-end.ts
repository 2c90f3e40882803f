import { CLIP_FRAMES, CLIP_SAMPLES, clipWindow, windowSamples } from '../audio/index.js';
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
  private samples!: Int16Array;
  private raw!: Int32Array;
  private mean!: Int32Array;
  private multiplier!: Int32Array;
  private quantised!: Int8Array;
  private frames = 0;

  private constructor(module: CompiledModule) {
    this.module = new WebAssembly.Instance(module).exports as unknown as FrontEndModule;
    this.makeRoom(CLIP_FRAMES);
  }

  /** Lays out the buffers for windows of `frames` frames, or of a clip if that is more. */
  private makeRoom(frames: number): void {
    const rows = Math.max(frames, CLIP_FRAMES);
    let next = (this.module.frontendFreeMemory() + 15) & ~15;
    const place = (bytes: number): number => {
      const address = next;
      next += (bytes + 15) & ~15;
      return address;
    };
    const samples = place(windowSamples(rows) * 2);
    const raw = place(rows * COEFFICIENTS * 4);
    const mean = place(COEFFICIENTS * 4);
    const multiplier = place(COEFFICIENTS * 4);
    const quantised = place(rows * COEFFICIENTS);
    const { memory } = this.module;
    const missing = next - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65_536));
    this.samples = new Int16Array(memory.buffer, samples, windowSamples(rows));
    this.raw = new Int32Array(memory.buffer, raw, rows * COEFFICIENTS);
    this.mean = new Int32Array(memory.buffer, mean, COEFFICIENTS);
    this.multiplier = new Int32Array(memory.buffer, multiplier, COEFFICIENTS);
    this.quantised = new Int8Array(memory.buffer, quantised, rows * COEFFICIENTS);
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
    this.makeRoom(parameters.frames);
    this.mean.set(parameters.mean);
    this.multiplier.set(parameters.multiplier);
    this.frames = parameters.frames;
  }

  /**
   * The MFCCs of a clip: [49][10], MFCC_FRACTION_BITS fraction bits, a copy. `samples` is a whole clip, 16 000 samples
   * at 16 kHz; throws NetworkError otherwise.
   */
  rawMfcc(samples: Int16Array): Int32Array {
    this.compute(samples, CLIP_SAMPLES);
    return this.raw.slice(0, CLIP_FRAMES * COEFFICIENTS);
  }

  /**
   * The features of a window: int8 [frames][10], written to `target` if given (which must have that length), otherwise
   * a copy. The window is a clip, 16 000 samples, or as many as the frames need if these are more: then a clip is put
   * in the middle of digital silence. Throws NetworkError without parameters or on another number of samples.
   */
  features(samples: Int16Array, target?: Int8Array): Int8Array {
    if (this.frames === 0)
      throw new NetworkError('features need parameters: compute them from clips, or use those of the model');
    const wanted = windowSamples(this.frames);
    this.compute(samples.length === CLIP_SAMPLES ? clipWindow(samples, this.frames) : samples, wanted);
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

  private compute(samples: Int16Array, wanted: number): void {
    if (samples.length !== wanted) {
      throw new NetworkError(`a clip of ${samples.length} samples, expected ${wanted} (cut or pad it first)`);
    }
    this.samples.set(samples);
    this.module.frontendReset();
    this.module.frontendPush(this.samples.byteOffset, wanted, this.raw.byteOffset);
  }
}
