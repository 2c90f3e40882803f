import type { PointsResult, SqnrReport } from './sqnr.js';

/** Returns the report as text for a terminal. */
export function renderSqnrSummary(report: SqnrReport): string {
  const { fixed, uniform, perTimestep, uniformFreeAmplitude, perTimestepFreeAmplitude, settings } = report;
  const rows: [string, typeof fixed][] = [
    ['Vth = 1', fixed],
    ['one learned threshold', uniform],
    ['one learned per timestep', perTimestep],
    ['one learned, amplitude free', uniformFreeAmplitude],
    ['one per timestep, amplitude free', perTimestepFreeAmplitude],
  ];
  const lines = [`SQNR on the positive half of N(0, ${settings.deviation}²), T = ${settings.timesteps}`, ''];
  for (const [name, { sqnrDb, thresholds, amplitude }] of rows) {
    const list = (new Set(thresholds).size === 1 ? thresholds.slice(0, 1) : thresholds)
      .map((v) => v.toFixed(3))
      .join(' ');
    lines.push(
      `${name.padEnd(34)}${sqnrDb.toFixed(2).padStart(6)} dB   Vth ${list}   amplitude ${amplitude.toFixed(3)}`,
    );
  }
  lines.push(
    '',
    `learning the threshold: +${report.gainByLearningDb.toFixed(2)} dB`,
    `one per timestep: +${report.gainPerTimestepDb.toFixed(2)} dB (amplitude free: +${report.gainPerTimestepFreeAmplitudeDb.toFixed(2)} dB)`,
    `Vth = 1 reaches the learned threshold's ratio at T = ${report.fixedTimestepsToMatch ?? 'more than measured'}`,
    '',
    'Eq. 19: thresholds from quantisation points, and the points that the neuron really has',
    ...describePoints('uniform points', report.equation19.uniformPoints),
    ...describePoints('best points', report.equation19.optimalPoints),
    '',
  );
  return lines.join('\n');
}

function describePoints(name: string, result: PointsResult): string[] {
  const list = (values: readonly number[]): string => values.map((value) => value.toFixed(4)).join(' ');
  const lines = [`${name}: ${list(result.points)}`];
  for (const which of ['printed', 'general'] as const) {
    const { thresholds, measuredPoints, failures } = result[which];
    const wrong = failures.map(
      (f) => `${f.spikes} spikes instead of ${f.demanded} from ${f.from.toFixed(4)} to ${f.to.toFixed(4)}`,
    );
    lines.push(
      `  ${which}: Vth ${list(thresholds)} → points ${list(measuredPoints)}; ${wrong.join(', ') || 'as demanded'}`,
    );
  }
  if (result.infeasibleTimesteps.length > 0) {
    lines.push(`  t·p_t ≥ Vth(t) does not hold at t = ${result.infeasibleTimesteps.join(', ')}`);
  }
  return lines;
}
