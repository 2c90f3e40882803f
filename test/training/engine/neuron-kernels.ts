import type { NeuronKind } from '../../../host/core/network/index.js';
import { Arena, sharedMemory } from '../../../host/core/training/arena.js';
import { Descriptor } from '../../../host/core/training/descriptors.js';
import { CONVOLUTION_FIELDS, LAYER_FIELDS, SCRATCH_FIELDS } from '../../../host/core/training/generated.js';
import { wasmBytes } from '../../../host/system/package-files.js';

/** The kernels of trainer.wasm that compute neurons, which the engine calls only inside a network. */
interface NeuronKernels {
  setThresholds(layer: number, minimum: number): void;
  emit(layer: number, image: number, scratch: number): void;
  neuronGradient(
    layer: number,
    image: number,
    upstream: number,
    stepBytes: number,
    positionBytes: number,
    scratch: number,
  ): void;
}

/** `LayerKind.Spiking` of assembly/training/generated.ts. */
const SPIKING = 1;

/**
 * Runs the neuron kernels of the trainer on arrays [timestep][neuron], with a batch norm that does not change its
 * input. Gradients are those of Σ output · upstream. There is one gradient per threshold, and none for `if`.
 */
export function runNeuronKernels(given: {
  readonly kind: NeuronKind;
  readonly timesteps: number;
  readonly slope: number;
  readonly thresholds: readonly number[];
  readonly input: readonly number[];
  readonly upstream: readonly number[];
}): { spikes: number[]; gradInput: number[]; gradThresholds: number[] } {
  const { timesteps, thresholds } = given;
  const memory = sharedMemory();
  const arena = new Arena(memory);
  const module = new WebAssembly.Module(wasmBytes('trainer'));
  const imports = { env: { memory } };
  const kernels = new WebAssembly.Instance(module, imports).exports as unknown as NeuronKernels;

  const neurons = given.input.length / timesteps;
  const vectors = Math.ceil(neurons / 4);
  const channels = vectors * 4;
  const floats = (values: readonly number[]): number => {
    const address = arena.reserve(values.length * 4);
    arena.floats(address, values.length).set(values);
    return address;
  };
  /** Converts [timestep][neuron] to [timestep][channel], filled up with zeros. */
  const padded = (values: readonly number[]): number =>
    floats(
      Array.from({ length: timesteps * channels }, (_, at) => {
        const neuron = at % channels;
        return neuron < neurons ? values[Math.floor(at / channels) * neurons + neuron] : 0;
      }),
    );
  const filled = (value: number): number[] => new Array<number>(channels).fill(value);

  const convolution = new Descriptor(arena, CONVOLUTION_FIELDS, {
    planes: timesteps,
    vectors,
    output: padded(given.input),
    norm: floats([...filled(0), ...filled(1), ...filled(1), ...filled(0)]),
    sums: arena.reserve(2 * channels * 4),
  });
  const source = new Descriptor(arena, LAYER_FIELDS, { kind: SPIKING });
  const layer = new Descriptor(arena, LAYER_FIELDS, {
    kind: SPIKING,
    timesteps,
    height: 1,
    width: 1,
    vectors,
    slope: given.slope,
    convolution: convolution.address,
    source: source.address,
    thresholdValues: floats(thresholds),
    thresholdCount: thresholds.length,
    thresholds: arena.reserve(timesteps * 4),
    amplitude: arena.reserve(4),
    spikes: arena.reserve(timesteps * vectors),
    currentGradient: arena.reserve(timesteps * channels * 4),
    thresholdSums: arena.reserve((timesteps + 1) * 16),
    spikeCounts: arena.reserve(4),
    penalty: floats(filled(0)),
    compact: arena.reserve(16 * 16),
  });
  const scratch = new Descriptor(arena, SCRATCH_FIELDS, {
    lists: arena.reserve(timesteps * (channels * 4 + 16) + 16),
    starts: arena.reserve(timesteps * 2 * 4),
    heads: arena.reserve(timesteps * 4),
    membranes: arena.reserve((2 * timesteps + 1) * channels * 4),
    zeros: arena.reserve(channels * 4),
  });
  kernels.setThresholds(layer.address, 0);
  kernels.emit(layer.address, 0, scratch.address);
  const stepBytes = channels * 4;
  kernels.neuronGradient(layer.address, 0, padded(given.upstream), stepBytes, stepBytes, scratch.address);

  const spikeSets = new Uint8Array(memory.buffer, layer.get('spikes'), timesteps * vectors);
  const gradient = arena.floats(layer.get('currentGradient'), timesteps * channels);
  const unpadded = <T>(value: (t: number, neuron: number) => T): T[] =>
    Array.from({ length: timesteps * neurons }, (_, at) => value(Math.floor(at / neurons), at % neurons));
  return {
    spikes: unpadded((t, neuron) => (spikeSets[t * vectors + (neuron >> 2)] >> (neuron & 3)) & 1),
    gradInput: unpadded((t, neuron) => gradient[t * channels + neuron]),
    gradThresholds: given.kind === 'if' ? [] : thresholdGradients(arena, layer.get('thresholdSums'), given),
  };
}

/**
 * Returns the gradients of the thresholds from the sums of the kernel, two lanes each: one sum per timestep and one
 * for the amplitude, which is the mean threshold.
 */
function thresholdGradients(
  arena: Arena,
  sums: number,
  { timesteps, thresholds }: { readonly timesteps: number; readonly thresholds: readonly number[] },
): number[] {
  const laneSum = (t: number): number => arena.doubles(sums + t * 16, 2).reduce((sum, lane) => sum + lane, 0);
  const byAmplitude = laneSum(timesteps);
  const gradient = thresholds.map(() => byAmplitude / thresholds.length);
  for (let t = 0; t < timesteps; t++) gradient[thresholds.length === 1 ? 0 : t] += laneSum(t);
  return gradient;
}
