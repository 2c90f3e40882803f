import type { NeuronKind } from '../core/network/index.js';
import type { Provenance } from '../core/quantization/index.js';

/** One layer over every clip of an evaluation. Means are per clip. */
export interface LayerReport {
  readonly name: string;
  readonly neurons: number;
  /** θ = spikes / (neurons · timesteps): the fraction of timesteps in which a neuron fires (Eq. 20 of the paper). */
  readonly theta: number;
  /** θ · timesteps. */
  readonly spikesPerNeuron: number;
  /** Additions of one weight per clip; of the stem, whose input is analog, its multiply-accumulates, done once. */
  readonly synapticOperations: number;
  /** What a dense network of the same shape would multiply and accumulate per clip. */
  readonly denseMacs: number;
}

export interface ClassReport {
  readonly label: string;
  /** Clips of this class in the split. */
  readonly clips: number;
  /** Of the clips that were recognised as this class, the fraction that is; null where there were none. */
  readonly precision: number | null;
  /** Of the clips of this class, the fraction that was recognised; null where there were none. */
  readonly recall: number | null;
}

/** A clip that was not recognised. */
export interface Mistake {
  readonly clip: string;
  readonly spoken: string;
  readonly recognised: string;
  /** Softmax probability of the class that won. */
  readonly confidence: number;
}

/** What the kernel did on one split of a dataset. */
export interface EvaluationReport {
  /** File name of the model, without its folder. */
  readonly model: string;
  readonly task: string;
  /** Name and content digest of the recordings. */
  readonly dataset: string;
  readonly split: string;
  readonly clips: number;
  readonly accuracy: number;
  /** Wilson score interval, 95 %. */
  readonly accuracyInterval: readonly [low: number, high: number];
  /** Unweighted mean over layers, as in the paper. */
  readonly theta: number;
  /** Unweighted mean over layers, as in the paper. */
  readonly spikesPerNeuron: number;
  /** All spikes / all neurons. */
  readonly spikesPerNeuronWeighted: number;
  /** Per clip, all layers and the classifier. */
  readonly synapticOperations: number;
  /** Per clip, all layers and the classifier: every product in every timestep, the stem once. */
  readonly denseMacs: number;
  /**
   * Fraction of clips on which the integer kernel and the float network name the same class; null where not compared.
   */
  readonly agreement: number | null;
  /** What the kernel was compared with, or why it was not. */
  readonly agreementWith: string;
  /** Accuracy of the float network on the same clips; null where not compared. */
  readonly floatAccuracy: number | null;
  /** Features and inference together, on `threads` threads. */
  readonly clipsPerSecond: number;
  readonly threads: number;
  readonly modelBytes: number;
  readonly ramBytes: number;
  readonly layers: readonly LayerReport[];
  readonly labels: readonly string[];
  readonly perClass: readonly ClassReport[];
  /** [spoken][recognised], clips. */
  readonly confusion: readonly (readonly number[])[];
  /** The most confident first, at most `MISTAKES_KEPT`. */
  readonly mistakes: readonly Mistake[];
  readonly network: {
    readonly neuron: NeuronKind;
    readonly timesteps: number;
    readonly dimensions: 1 | 2;
    readonly weights: number;
  };
  readonly provenance: Provenance;
}

/** How many mistakes a report names. */
export const MISTAKES_KEPT = 24;
