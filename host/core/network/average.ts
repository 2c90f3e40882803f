import { NetworkError, UsageError } from '../error.js';
import type { Checkpoint } from './checkpoint.js';

/** Whether two values that JSON can hold differ. */
function differ(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}

/**
 * Averages networks that were trained on from one another or from the same network: every weight, threshold and
 * statistic of batch norm is the mean of theirs. Such an average often hears voices better that none was trained on
 * (Wortsman et al., "Model soups", arXiv:2203.05482). Of networks that were trained apart it is useless.
 *
 * @param checkpoints two or more, of one description, with the same labels and features
 * @param names of their files, for messages
 * @throws NetworkError naming the network that does not fit the first; UsageError for one alone
 */
export function averageCheckpoints(checkpoints: readonly Checkpoint[], names: readonly string[]): Checkpoint {
  const [first, ...others] = checkpoints;
  if (others.length === 0) throw new UsageError('average: give two networks or more');
  others.forEach(({ spec, labels, features }, k) => {
    const file = names[k + 1];
    if (differ(spec, first.spec)) throw new NetworkError(`${file}: another network than ${names[0]}`);
    if (differ(labels, first.labels)) throw new NetworkError(`${file}: other words than ${names[0]}`);
    if (differ(features, first.features)) {
      throw new NetworkError(
        `${file}: its features are scaled otherwise than those of ${names[0]}; train it with --from`,
      );
    }
  });
  const parameters = new Map(
    [...first.parameters].map(([name, own]) => {
      const all = [own, ...others.map((other) => other.parameters.get(name) as Float32Array)];
      return [name, own.map((_, k) => all.reduce((sum, values) => sum + values[k], 0) / all.length)] as const;
    }),
  );
  const epochs = Math.max(...checkpoints.map(({ provenance }) => provenance.epochs));
  return { ...first, parameters, provenance: { ...first.provenance, epochs, validationAccuracy: null } };
}
