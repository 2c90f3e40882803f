import { MISTAKES_KEPT, type Mistake } from './report.js';

/** What the kernel answered to every clip. */
export interface Outcomes {
  readonly names: readonly string[];
  readonly labels: readonly string[];
  /** Class that was spoken, [clip]. */
  readonly spoken: Int32Array;
  /** Class that won, [clip]. */
  readonly recognised: Int32Array;
  /** Softmax probability of the class that won, [clip]. */
  readonly confidence: Float64Array;
}

/** Indices of the clips that were not recognised, the most confident first. */
export function mistakenClips({ spoken, recognised, confidence }: Outcomes): number[] {
  const wrong = [...spoken.keys()].filter((clip) => spoken[clip] !== recognised[clip]);
  return wrong.sort((a, b) => confidence[b] - confidence[a] || a - b);
}

/** The mistakes that a report names. */
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
