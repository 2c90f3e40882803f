import type { EarlyDecision } from '../core/quantization/index.js';

/** What a network makes of clips in its first timesteps, or in all of them. */
export interface Outlook {
  readonly timesteps: number;
  /** Weights × spike counts of the classifier, without a bias: int32, [clip][class]. */
  readonly sums: Int32Array;
  /** Synaptic operations of all layers in these timesteps, [clip]. */
  readonly operations: Float64Array;
}

/** Clips, and what a network makes of them. */
export interface Outlooks {
  /** The spoken class, [clip]. */
  readonly spoken: Int32Array;
  /** After 1 to T − 1 timesteps. */
  readonly early: readonly Outlook[];
  /** After all of them. */
  readonly whole: Outlook;
  /** Bias of the classifier, [class]. */
  readonly bias: Int32Array;
  /** Operations of the classifier, each time that it computes scores. */
  readonly classifierOperations: number;
}

/** What a decision after some timesteps would do with a bias. */
interface Option {
  readonly bias: Int32Array;
  /** By how much the winner leads, [clip]. */
  readonly leads: Float64Array;
  /** Whether the winner is wrong, 0 or 1, [clip]. */
  readonly wrong: Uint8Array;
  /** The clips, the greatest lead first. */
  readonly order: Int32Array;
}

interface Decision {
  readonly option: Option;
  readonly margin: number;
}

function optionOf(sums: Int32Array, spoken: Int32Array, bias: Int32Array): Option {
  const clips = spoken.length;
  const leads = new Float64Array(clips);
  const wrong = new Uint8Array(clips);
  for (let clip = 0; clip < clips; clip++) {
    let [winner, best, second] = [0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let k = 0; k < bias.length; k++) {
      const score = sums[clip * bias.length + k] + bias[k];
      if (score > best) [winner, best, second] = [k, score, best];
      else if (score > second) second = score;
    }
    leads[clip] = best - second;
    wrong[clip] = Number(winner !== spoken[clip]);
  }
  const order = Int32Array.from(leads.keys()).sort((a, b) => leads[b] - leads[a] || a - b);
  return { bias, leads, wrong, order };
}

/**
 * The biases that a decision may use: none, the part of the bias that belongs to its timesteps, or the whole. The
 * classifier was trained on the spikes of all timesteps, and which of them fits fewer is a question of the network.
 */
function optionsOf({ spoken, bias }: Outlooks, { sums, timesteps }: Outlook, all: number): Option[] {
  return [0, timesteps / all, 1].map((share) =>
    optionOf(
      sums,
      spoken,
      bias.map((value) => Math.round(value * share)),
    ),
  );
}

/** Searches the decisions of one network. */
class Search {
  readonly decisions: (Decision | null)[];
  readonly options: readonly Option[][];
  private readonly last: Option;
  /** Whether a clip reaches the decision that is being improved, and what it costs if it goes on, [clip]. */
  private readonly reaching: Uint8Array;
  private readonly laterOperations: Float64Array;
  private readonly laterErrors: Uint8Array;

  constructor(private readonly outlooks: Outlooks) {
    const { early, whole, spoken, bias } = outlooks;
    this.decisions = early.map(() => null);
    this.options = early.map((outlook) => optionsOf(outlooks, outlook, whole.timesteps));
    this.last = optionOf(whole.sums, spoken, bias);
    this.reaching = new Uint8Array(spoken.length);
    this.laterOperations = new Float64Array(spoken.length);
    this.laterErrors = new Uint8Array(spoken.length);
  }

  /** Index of the decision at which a clip that reaches decision `from` stops; the number of decisions for the last. */
  private stopOf(clip: number, from: number): number {
    for (let k = from; k < this.decisions.length; k++) {
      const decision = this.decisions[k];
      if (decision !== null && decision.option.leads[clip] >= decision.margin) return k;
    }
    return this.decisions.length;
  }

  /** Operations of a clip that stops at `stop`, of which those of the classifier are counted from `from` on. */
  private operationsOf(clip: number, from: number, stop: number): number {
    const { early, whole, classifierOperations } = this.outlooks;
    const layers = (early[stop] ?? whole).operations[clip];
    let scores = 1;
    for (let k = from; k < stop; k++) if (this.decisions[k] !== null) scores++;
    return layers + scores * classifierOperations;
  }

  private wrongAt(clip: number, stop: number): number {
    return (this.decisions[stop]?.option ?? this.last).wrong[clip];
  }

  /** Operations and errors over all clips. */
  total(): { operations: number; errors: number } {
    let [operations, errors] = [0, 0];
    for (const clip of this.outlooks.spoken.keys()) {
      const stop = this.stopOf(clip, 0);
      operations += this.operationsOf(clip, 0, stop);
      errors += this.wrongAt(clip, stop);
    }
    return { operations, errors };
  }

  /**
   * Replaces decision `k` by the one with the fewest operations while the others stay, and at most `allowed` errors in
   * all, or by none.
   */
  improve(k: number, allowed: number): void {
    const { early, spoken, classifierOperations } = this.outlooks;
    this.decisions[k] = null;
    let clips = 0;
    let errorsWithout = 0;
    for (const clip of spoken.keys()) {
      const stop = this.stopOf(clip, 0);
      errorsWithout += this.wrongAt(clip, stop);
      this.reaching[clip] = Number(stop >= k);
      if (stop < k) continue;
      clips++;
      this.laterOperations[clip] = this.operationsOf(clip, k, stop);
      this.laterErrors[clip] = this.wrongAt(clip, stop);
    }
    let least = 0;
    for (const option of this.options[k]) {
      // the clips that go on pay for the scores here, too
      let operations = clips * classifierOperations;
      let errors = errorsWithout;
      for (const [n, clip] of option.order.entries()) {
        const margin = option.leads[clip];
        if (margin === 0) break;
        if (this.reaching[clip] === 1) {
          operations += early[k].operations[clip] - this.laterOperations[clip];
          errors += option.wrong[clip] - this.laterErrors[clip];
        }
        // clips with the same lead stop together
        if (option.leads[option.order[n + 1]] === margin) continue;
        if (errors > allowed || operations >= least) continue;
        least = operations;
        this.decisions[k] = { option, margin };
      }
    }
  }

  /** Improves one decision after the other, the last first, as long as that saves operations. */
  settle(allowed: number): { operations: number; errors: number } {
    let best = this.total();
    for (;;) {
      for (let k = this.decisions.length - 1; k >= 0; k--) this.improve(k, allowed);
      const now = this.total();
      if (now.errors <= allowed && (best.errors > allowed || now.operations < best.operations)) best = now;
      else return now;
    }
  }
}

/** First guesses that are tried, over all decisions; more decisions get fewer each. */
const GUESSES = 120;

/** A choice of decisions, and what it does with the clips that it was made on. */
export interface EarlyChoice {
  readonly early: EarlyDecision;
  /** Over all clips, the classifier included. */
  readonly operations: number;
  readonly errors: number;
}

/**
 * Chooses the decisions that need the fewest operations on some clips, with at most `mostErrors` errors more than
 * without them. Tries margins of one decision after the other that stop different shares of the clips, and finds for
 * each the other decisions, until none can be improved alone. Returns null if no decision saves operations.
 */
export function chooseDecisions(outlooks: Outlooks, mostErrors: number): EarlyChoice | null {
  const search = new Search(outlooks);
  const without = search.total();
  const allowed = without.errors + mostErrors;
  let best: { decisions: (Decision | null)[]; operations: number; errors: number } | null = null;
  const { options, decisions } = search;
  const shares = Math.max(4, Math.floor(GUESSES / decisions.length));
  for (const [k, ofDecision] of options.entries()) {
    for (const option of ofDecision) {
      for (let share = 1; share <= shares; share++) {
        const margin = option.leads[option.order[Math.ceil((share * option.order.length) / shares) - 1]];
        if (margin === 0) break;
        decisions.fill(null);
        decisions[k] = { option, margin };
        // first the others, so that they suit the guess
        for (let other = decisions.length - 1; other >= 0; other--) if (other !== k) search.improve(other, allowed);
        const { operations, errors } = search.settle(allowed);
        if (errors > allowed || operations >= (best ?? without).operations) continue;
        best = { decisions: [...decisions], operations, errors };
      }
    }
  }
  if (best === null) return null;
  const { operations, errors } = best;
  const early = {
    margins: best.decisions.map((decision) => decision?.margin ?? 0),
    biases: best.decisions.map((decision) => [...(decision?.option.bias ?? outlooks.bias.map(() => 0))]),
  };
  return { early, operations, errors };
}
