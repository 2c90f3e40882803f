import { MISTAKES_KEPT, type Mistake } from './report.js';

/** The kernel's answer for every clip. */
export interface Outcomes {
  readonly names: readonly string[];
  readonly labels: readonly string[];
  /** The spoken class, [clip]. */
  readonly spoken: Int32Array;
  /** The recognised class, [clip]. */
  readonly recognised: Int32Array;
  /** Softmax probability of the recognised class, [clip]. */
  readonly confidence: Float64Array;
}

/** Returns the indices of the clips that were not recognised, the most confident first. */
export function mistakenClips({ spoken, recognised, confidence }: Outcomes): number[] {
  const wrong = [...spoken.keys()].filter((clip) => spoken[clip] !== recognised[clip]);
  return wrong.sort((a, b) => confidence[b] - confidence[a] || a - b);
}

/** Returns the mistakes for a report. */
export function worstMistakes(outcomes: Outcomes): Mistake[] {
  const { names, labels, spoken, recognised, confidence } = outcomes;
  return mistakenClips(outcomes)
    .slice(0, MISTAKES_KEPT)
    .map((clip) => ({
      clip: names[clip],
      spoken: labels[spoken[clip]],
      recognised: labels[recognised[clip]],
      confidence: confidence[clip],
    }));
}
