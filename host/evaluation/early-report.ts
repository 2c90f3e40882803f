import { planNetwork } from '../core/network/index.js';
import { decisionTimesteps, type QuantizedNetwork } from '../core/quantization/index.js';
import { countText, decimalText, percentText } from '../core/text/index.js';
import type { PackInference } from '../model/index.js';
import { type Activity, activity } from './activity.js';
import { agreementOf } from './float-predictions.js';
import type { EarlyReport } from './report.js';

/** Returns the network without early decisions. */
export function withoutEarly({ early, ...network }: QuantizedNetwork): QuantizedNetwork {
  return network;
}

type Answers = Pick<PackInference, 'classes' | 'timesteps' | 'clipOperations'>;

/** How often the classifier computed scores, over all clips: once at each decision that they reached. */
function classifications(network: Pick<QuantizedNetwork, 'spec' | 'early'>, timesteps: Int32Array): number {
  const decides = decisionTimesteps(network);
  return timesteps.reduce((sum, reached) => sum + decides.filter((decision) => decision <= reached).length, 0);
}

/** Turns the kernel's counts over `clips` clips into rates and means. */
export function kernelActivity(network: QuantizedNetwork, totals: PackInference, clips: number): Activity {
  const counts = { ...totals, classifications: classifications(network, totals.timesteps) };
  return activity(planNetwork(network.spec), counts, clips);
}

/** Compares the answers of a network that decides early with those of the same network without early decisions. */
export function decisionShares(
  network: QuantizedNetwork,
  answers: Answers,
  without: Answers,
  spoken: Int32Array,
): EarlyReport {
  const clips = spoken.length;
  const each = network.classifier.weights.length;
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  const operations = (sum(answers.clipOperations) + each * classifications(network, answers.timesteps)) / clips;
  const operationsWithout = sum(without.clipOperations) / clips + each;
  return {
    decisions: decisionTimesteps(network).map((timesteps) => ({
      timesteps,
      clips: answers.timesteps.filter((computed) => computed === timesteps).length,
    })),
    operations,
    operationsWithout,
    saved: 1 - operations / operationsWithout,
    accuracyWithout: agreementOf(spoken, without.classes),
  };
}

/** Lines about early decisions on clips that were recognised with `accuracy`. */
export function earlyLines(
  { decisions, operations, operationsWithout, saved, accuracyWithout }: EarlyReport,
  accuracy: number,
): string[] {
  const clips = decisions.reduce((sum, decision) => sum + decision.clips, 0);
  const shares = decisions.map((decision) => `${decision.timesteps}: ${percentText(decision.clips / clips, 1)}`);
  const lost = 100 * (accuracyWithout - accuracy);
  return [
    `clips by the timesteps that were computed: ${shares.join(', ')}`,
    `${countText(operations)} operations instead of ${countText(operationsWithout)}, ${percentText(saved, 1)} fewer`,
    `accuracy without early decisions ${percentText(accuracyWithout)}, ${decimalText(Math.abs(lost), 2)} points ${lost < 0 ? 'less' : 'more'}`,
  ];
}
