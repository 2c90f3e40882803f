export {
  type Checkpoint,
  CheckpointError,
  type CheckpointProvenance,
  readCheckpoint,
  writeCheckpoint,
} from './checkpoint.js';
export { type ParameterShape, type Parameters, parameterShapes } from './parameters.js';
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
export { PRESET_NAMES, type PresetChoice, type PresetName, presetNetwork } from './presets.js';
export { decodeTensors, encodeTensors, type Tensor, TensorFileError } from './safetensors.js';
export {
  checkSpec,
  type Extent,
  NEURON_KINDS,
  type NetworkSpec,
  type NeuronKind,
  SpecError,
  type StageSpec,
} from './spec.js';
