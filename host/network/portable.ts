// The part of this room that needs nothing but the language, for what also runs in a browser.
export {
  type ConvolutionPlan,
  convolutionWeights,
  type LayerPlan,
  type NetworkPlan,
  planNetwork,
  type ShortcutPlan,
  shapeSize,
  type TensorShape,
} from './plan.js';
export {
  checkSpec,
  type Extent,
  NEURON_KINDS,
  type NetworkSpec,
  type NeuronKind,
  SpecError,
  type StageSpec,
} from './spec.js';
