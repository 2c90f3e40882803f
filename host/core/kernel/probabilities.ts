/** Softmax of integer scores; `scale` is the float value of one unit. */
export function probabilities(scores: ArrayLike<number>, scale: number): Float64Array {
  let most = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < scores.length; k++) most = Math.max(most, scores[k]);
  const powers = Float64Array.from({ length: scores.length }, (_, k) => Math.exp((scores[k] - most) * scale));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
