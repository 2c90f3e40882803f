import { featureCount } from '../../host/core/network/index.js';
import type { QuantizedNetwork } from '../../host/core/quantization/index.js';
import { Random } from '../../host/core/random.js';

/** A feature map, int8 [frame][coefficient], and its description. */
export interface NamedFeatures {
  readonly name: string;
  readonly features: Int8Array;
}

/** Uniform random features with the network's frames and coefficients. */
export function randomFeatures(network: QuantizedNetwork, seed: number): Int8Array {
  const random = new Random(seed, 0x66656174);
  return Int8Array.from({ length: featureCount(network.spec) }, () => random.below(256) - 128);
}

/** Features with a distribution like real ones: standard deviation 32, smooth in time. */
export function speechLikeFeatures(network: QuantizedNetwork, seed: number): Int8Array {
  const random = new Random(seed, 0x73706565);
  const { frames } = network.spec.input;
  const features = new Int8Array(featureCount(network.spec));
  const perFrame = features.length / frames;
  for (let c = 0; c < perFrame; c++) {
    let value = 0;
    for (let f = 0; f < frames; f++) {
      value = 0.8 * value + 0.6 * 32 * random.normal();
      features[f * perFrame + c] = Math.max(-128, Math.min(127, Math.round(value)));
    }
  }
  return features;
}

/**
 * Features that give one stem channel its greatest (or least) current at the middle of the map: 127 where the weight
 * is positive, −128 where it is negative, or the other way round.
 */
export function stemExtremeFeatures(network: QuantizedNetwork, channel: number, most: boolean): Int8Array {
  const { input, dimensions, stem } = network.spec;
  const features = new Int8Array(featureCount(network.spec));
  const [kf, kb] = stem.kernel;
  const { channels = 1 } = input;
  const inputChannels = dimensions === 1 ? input.coefficients : channels;
  const bands = dimensions === 1 ? 1 : input.coefficients;
  // the middle output position, and the first input cell under its kernel
  const middle = (extent: number, kernel: number, stride: number): number =>
    Math.floor((extent - 1) / stride / 2) * stride - (kernel - 1) / 2;
  const frame = middle(input.frames, kf, stem.stride[0]);
  const band = middle(bands, kb, stem.stride[1]);
  for (let i = 0; i < inputChannels; i++) {
    for (let f = 0; f < kf; f++) {
      for (let b = 0; b < kb; b++) {
        const weight = network.layers[0].weights[((channel * inputChannels + i) * kf + f) * kb + b];
        const cell = (frame + f) * bands + band + b;
        features[cell * inputChannels + i] = weight > 0 === most ? 127 : -128;
      }
    }
  }
  return features;
}

/** The feature maps on which an implementation must agree with the judge. */
export function featureMaps(network: QuantizedNetwork, seed: number): NamedFeatures[] {
  const constant = (value: number): Int8Array => new Int8Array(featureCount(network.spec)).fill(value);
  const channel = seed % network.spec.stem.channels;
  return [
    { name: 'speech-like', features: speechLikeFeatures(network, seed) },
    { name: 'uniform random', features: randomFeatures(network, seed) },
    { name: 'silence', features: constant(0) },
    { name: 'all −128', features: constant(-128) },
    { name: 'all 127', features: constant(127) },
    { name: `greatest current of stem channel ${channel}`, features: stemExtremeFeatures(network, channel, true) },
    { name: `least current of stem channel ${channel}`, features: stemExtremeFeatures(network, channel, false) },
  ];
}
