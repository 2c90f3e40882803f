import { Layer, Optimizer, UpdateRange } from './generated';

/** Sets the factor that reduces the norm of all gradients to the limit, computed in float64. */
export function clipGradients(o: Optimizer): void {
  let squares: f64 = 0;
  const end = o.gradients + (o.gradientCount << 2);
  for (let at = o.gradients; at < end; at += 4) {
    const g = <f64>load<f32>(at);
    squares += g * g;
  }
  const norm = sqrt<f64>(squares);
  const limit = <f64>o.gradientClip;
  o.clipFactor = limit > 0 && norm > limit ? <f32>(limit / norm) : 1;
}

/** AdamW (Loshchilov and Hutter 2019): the decay is separate from the gradient. */
function adamw(o: Optimizer, r: UpdateRange, offset: usize): void {
  const g = f32x4.mul(v128.load(r.gradients + offset), f32x4.splat(o.clipFactor));
  const first = f32x4.add(
    f32x4.mul(v128.load(r.first + offset), f32x4.splat(o.beta1)),
    f32x4.mul(g, f32x4.splat(1 - o.beta1)),
  );
  const second = f32x4.add(
    f32x4.mul(v128.load(r.second + offset), f32x4.splat(o.beta2)),
    f32x4.mul(f32x4.mul(g, g), f32x4.splat(1 - o.beta2)),
  );
  v128.store(r.first + offset, first);
  v128.store(r.second + offset, second);
  const deviation = f32x4.sqrt(f32x4.mul(second, f32x4.splat(o.correction2)));
  const direction = f32x4.div(
    f32x4.mul(first, f32x4.splat(o.correction1)),
    f32x4.add(deviation, f32x4.splat(o.epsilon)),
  );
  const kept = f32x4.mul(v128.load(r.values + offset), f32x4.splat(1 - o.learningRate * r.decay));
  v128.store(r.values + offset, f32x4.sub(kept, f32x4.mul(direction, f32x4.splat(o.learningRate))));
}

/** Stochastic gradient descent with momentum; the decay is part of the gradient, as in PyTorch. */
function sgd(o: Optimizer, r: UpdateRange, offset: usize): void {
  const values = v128.load(r.values + offset);
  const g = f32x4.add(
    f32x4.mul(v128.load(r.gradients + offset), f32x4.splat(o.clipFactor)),
    f32x4.mul(values, f32x4.splat(r.decay)),
  );
  const first = f32x4.add(f32x4.mul(v128.load(r.first + offset), f32x4.splat(o.momentum)), g);
  v128.store(r.first + offset, first);
  v128.store(r.values + offset, f32x4.sub(values, f32x4.mul(first, f32x4.splat(o.learningRate))));
}

/** Updates a range of parameters, whose number is a multiple of four. */
export function updateRange(o: Optimizer, r: UpdateRange): void {
  const end = (<usize>r.count) << 2;
  if (o.adamw != 0) for (let offset: usize = 0; offset < end; offset += 16) adamw(o, r, offset);
  else for (let offset: usize = 0; offset < end; offset += 16) sgd(o, r, offset);
  packTap(r);
}

/** Writes a tap's weights [in][out] in the order in which the input's gradient reads them. */
export function packTap(r: UpdateRange): void {
  if (r.packed == 0) return;
  const outputs = r.outputs;
  for (let first = 0; first < r.inputs; first += 8) {
    const width = min(r.inputs - first, 8);
    let to = r.packed + ((outputs * (first * r.taps + r.place * width)) << 2);
    for (let output = 0; output < outputs; output++) {
      let from = r.values + ((first * outputs + output) << 2);
      for (let lane = 0; lane < width; lane++) {
        store<f32>(to, load<f32>(from));
        from += outputs << 2;
        to += 4;
      }
    }
  }
}

/** Adds up the gradients of a layer's thresholds over the images, in float64 and in their order. */
export function thresholdGradients(l: Layer, images: i32): void {
  const timesteps = l.timesteps;
  if (l.thresholdGradient == 0) return;
  let all: f64 = 0;
  const amplitude = thresholdSum(l, timesteps, images);
  for (let t = 0; t < timesteps; t++) {
    const sum = thresholdSum(l, t, images);
    all += sum;
    // the amplitude of a spike is the mean of the thresholds
    if (l.thresholdCount > 1) store<f32>(l.thresholdGradient + (t << 2), <f32>(sum + amplitude / <f64>timesteps));
  }
  if (l.thresholdCount == 1) store<f32>(l.thresholdGradient, <f32>(all + amplitude));
}

function thresholdSum(l: Layer, t: i32, images: i32): f64 {
  let sum: f64 = 0;
  let at = l.thresholdSums + (t << 4);
  for (let image = 0; image < images; image++) {
    sum += load<f64>(at) + load<f64>(at, 8);
    at += (l.timesteps + 1) << 4;
  }
  return sum;
}

/** Raises a layer's thresholds to the minimum, then sets the threshold of each timestep and the amplitude. */
export function spreadThresholds(l: Layer, minimum: f32): void {
  let sum: f64 = 0;
  for (let t = 0; t < l.timesteps; t++) {
    const at = l.thresholdValues + (l.thresholdCount > 1 ? (<usize>t) << 2 : 0);
    const value = max<f32>(load<f32>(at), minimum);
    store<f32>(at, value);
    store<f32>(l.thresholds + (t << 2), value);
    sum += <f64>value;
  }
  store<f32>(l.amplitude, <f32>(sum / <f64>l.timesteps));
}
