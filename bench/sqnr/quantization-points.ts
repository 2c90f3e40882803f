/**
 * Thresholds per timestep from quantisation points p₁ > … > p_T > 0 (section 3.4 of the paper). Its conditions for a
 * constant input i: the last k timesteps, and only they, spike when p_{T−k+1} ≤ i < p_{T−k}.
 */

/** Returns the general solution of these conditions: Vth(T) = T·p_T and Vth(t) = T·(p_t − p_{t+1}) for t < T. */
export function thresholdsFromPoints(points: readonly number[]): number[] {
  const timesteps = points.length;
  return points.map((point, t) => timesteps * (point - (points[t + 1] ?? 0)));
}

/**
 * The general solution is valid if t·p_t ≥ Vth(t) for every t; otherwise the first of the k spikes comes too late.
 * Returns the timesteps (from 1) where this does not hold.
 */
export function infeasibleTimesteps(points: readonly number[]): number[] {
  const rounding = 1e-12;
  return thresholdsFromPoints(points).flatMap((threshold, t) =>
    (t + 1) * points[t] < threshold - rounding ? [t + 1] : [],
  );
}

/**
 * Returns the thresholds of Eq. 19 as printed, for T = 4: Vp₁ = p₁, Vp₂ = (T−1)·p₂ − T·(p₃ − p₄), Vp₃ = T·(p₃ − p₄),
 * Vp₄ = T·p₄. Vp₂ solves the third condition at t = 3 and leaves p₂ on the membrane for t = 4, which is too little if
 * p₂ < T·p₄.
 */
export function printedThresholds(points: readonly [number, number, number, number]): number[] {
  const [p1, p2, p3, p4] = points;
  return [p1, 3 * p2 - 4 * (p3 - p4), 4 * (p3 - p4), 4 * p4];
}

/** Returns the number of spikes that the conditions demand: how many points the input has reached. */
export function demandedSpikes(points: readonly number[], input: number): number {
  return points.filter((point) => input >= point).length;
}
