/** An array in row-major order; a shape of [] is a single number. */
export interface NirArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array;
}

export type NirValue = NirArray | string;

/** A primitive of NIR, such as `Conv1d` or `IF`, with its parameters by their names in NIR. */
export interface NirNode {
  readonly type: string;
  readonly values: ReadonlyMap<string, NirValue>;
}

/**
 * A graph in the Neuromorphic Intermediate Representation (Pedersen et al., Nature Communications 15:8122, 2024), as
 * the `nir` package for Python stores it. Where several edges end in one node, their signals are added.
 */
export interface NirGraph {
  readonly nodes: ReadonlyMap<string, NirNode>;
  readonly edges: readonly (readonly [from: string, to: string])[];
  readonly metadata: ReadonlyMap<string, NirValue>;
}

/** What the metadata of an exported graph says, because NIR has no field for it. */
export const METADATA = {
  /** The length of a timestep, so that dv = R·I·dt. */
  dt: 'dt',
  timesteps: 'timesteps',
  /** `subtract`: a spike takes the threshold from the membrane (soft reset). */
  reset: 'reset',
  /** The description of the network, as in a checkpoint. */
  description: 'spikeword',
} as const;

export const SOFT_RESET = 'subtract';
