export { averageCheckpoints } from './average.js';
export {
  type Checkpoint,
  type CheckpointProvenance,
  type Description,
  decodeCheckpoint,
  describeCheckpoint,
  encodeCheckpoint,
  readDescription,
} from './checkpoint.js';
export {
  BATCH_NORM_EPSILON,
  MOST_AVERAGED,
  MOST_BANDS,
  MOST_FRAMES,
  MOST_HOP,
  MOST_POINTS,
  MOST_TIMESTEPS,
} from './generated.js';
export { initialParameters } from './initialization.js';
export { type NewHead, withNewHead } from './new-head.js';
export { type ParameterShape, type Parameters, parameterShapes } from './parameters.js';
export {
  type Columns,
  type ConvolutionPlan,
  columnsOf,
  convolutionWeights,
  featureCount,
  framesPerResult,
  type LayerPlan,
  type NetworkPlan,
  ownHop,
  placesInTime,
  planNetwork,
  shapeSize,
  type TensorShape,
} from './plan.js';
export { PRESET_NAMES, type PresetName, presetNetwork } from './presets.js';
export { decodeTensors, encodeTensors, float32Tensor, type Tensor, type TensorFile } from './safetensors.js';
export {
  checkSpec,
  MOST_SURROGATE_SLOPE,
  NEURON_KINDS,
  type NetworkSpec,
  type NeuronKind,
  type Padding,
  type StageSpec,
} from './spec.js';
export { withSpikingNeurons, withThresholds } from './spiking-start.js';
export { withWidth } from './widths.js';
