/**
 * The probability of each label, [class], 0 to 1 with sum 1: the softmax of the scores.
 *
 * @param scores int32, [class], of an `Inference`
 * @param scale the float value of one unit: `kernel.network.classifier.scale`
 */
export function probabilities(scores: ArrayLike<number>, scale: number): Float64Array {
  let most = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < scores.length; k++) most = Math.max(most, scores[k]);
  const powers = Float64Array.from({ length: scores.length }, (_, k) => Math.exp((scores[k] - most) * scale));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
