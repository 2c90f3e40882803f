import type { NeuronKind } from '../core/network/index.js';
import type { Provenance } from '../core/quantization/index.js';
import type { Evidence } from '../core/statistics/index.js';

/** What the early decisions of a model did with some clips. */
export interface EarlyReport {
  /** How many clips stopped after each number of timesteps at which the network decides, the last one included. */
  readonly decisions: readonly { readonly timesteps: number; readonly clips: number }[];
  /** Synaptic operations per clip of layers and classifier, and those of the same network without early decisions. */
  readonly operations: number;
  readonly operationsWithout: number;
  /** Fraction of the operations that were saved. */
  readonly saved: number;
  /** Accuracy of the same network without early decisions, on the same clips. */
  readonly accuracyWithout: number;
}

/** The results of one layer over all clips of an evaluation. */
export interface LayerReport {
  readonly name: string;
  readonly neurons: number;
  /** θ = spikes / (neurons · timesteps): the fraction of timesteps in which a neuron fires (Eq. 20 of the paper). */
  readonly theta: number;
  /** θ · timesteps. */
  readonly spikesPerNeuron: number;
  /** Additions of one weight, per clip. For the stem, whose input is analog: its multiply-accumulates, counted once. */
  readonly synapticOperations: number;
  /** Multiply-accumulates per clip of an ordinary network of the same shape, which runs once. */
  readonly ordinaryMacs: number;
  /** The same for this network without skipping what is silent: dense, in every timestep; the stem once. */
  readonly denseMacs: number;
}

export interface ClassReport {
  readonly label: string;
  /** Clips of this class in the split. */
  readonly clips: number;
  /** Fraction of the clips recognised as this class that belong to it; null if there are none. */
  readonly precision: number | null;
  /** Fraction of the clips of this class that were recognised; null if there are none. */
  readonly recall: number | null;
}

/** A clip that was not recognised. */
export interface Mistake {
  readonly clip: string;
  readonly spoken: string;
  readonly recognised: string;
  /** Softmax probability of the recognised class. */
  readonly confidence: number;
}

/** The results of the kernel on one split of a dataset. */
export interface EvaluationReport extends Evidence {
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
  /** Per clip, all layers and the classifier of an ordinary network of the same shape, which runs once. */
  readonly ordinaryMacs: number;
  /** Per clip, all layers and the classifier: dense, in every timestep; the stem once. */
  readonly denseMacs: number;
  /** What deciding before the last timestep changed; null for a model that does not. */
  readonly early: EarlyReport | null;
  /** Fraction of clips for which the integer kernel and the float network give the same class; null if not compared. */
  readonly agreement: number | null;
  /** What the kernel was compared with, or why it was not. */
  readonly agreementWith: string;
  /** Accuracy of the float network on the same clips; null if not compared. */
  readonly floatAccuracy: number | null;
  /** Speed of features and inference together, on `threads` threads. */
  readonly clipsPerSecond: number;
  readonly threads: number;
  readonly modelBytes: number;
  readonly ramBytes: number;
  readonly layers: readonly LayerReport[];
  readonly labels: readonly string[];
  readonly perClass: readonly ClassReport[];
  /** Number of clips, [spoken][recognised]. */
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

/** The most mistakes that a report lists. */
export const MISTAKES_KEPT = 24;
