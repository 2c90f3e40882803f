import { EvaluationError } from '../system/index.js';
import { mistakenClips, type Outcomes } from './outcome.js';

/** A clip that a report draws, and the reason. */
export interface ChosenClip {
  readonly index: number;
  readonly reason: 'typical' | 'mistake' | 'chosen';
}

const EACH = 3;

/** Returns the clips with these names. Throws `EvaluationError` for a name that is not in `all`. */
export function namedClips(all: readonly string[], names: readonly string[]): ChosenClip[] {
  return names.map((name) => {
    const index = all.indexOf(name);
    if (index < 0)
      throw new EvaluationError(`clip ${name} is not one of the evaluated clips, which have names like ${all[0]}`);
    return { index, reason: 'chosen' };
  });
}

/**
 * Chooses up to three recognised clips, from the classes with the best, the median and the worst recall, each with the
 * median confidence of its class. Then it chooses the three most confident mistakes, each a different confusion.
 */
export function representativeClips(outcomes: Outcomes): ChosenClip[] {
  const { spoken, recognised, confidence, labels } = outcomes;
  const classes = labels.map((_, label) => {
    const clips = [...spoken.keys()].filter((clip) => spoken[clip] === label);
    const right = clips.filter((clip) => recognised[clip] === label);
    right.sort((a, b) => confidence[a] - confidence[b] || a - b);
    return { right, recall: clips.length > 0 ? right.length / clips.length : 0 };
  });
  const ranked = classes.filter(({ right }) => right.length > 0).sort((a, b) => b.recall - a.recall);
  const picks = ranked.length > 0 ? new Set([0, Math.floor((ranked.length - 1) / 2), ranked.length - 1]) : [];
  const typical = [...picks].map((k) => ranked[k].right[Math.floor(ranked[k].right.length / 2)]);

  const confusions = new Set<string>();
  const mistakes: number[] = [];
  for (const clip of mistakenClips(outcomes)) {
    const confusion = `${spoken[clip]} ${recognised[clip]}`;
    if (confusions.has(confusion)) continue;
    confusions.add(confusion);
    mistakes.push(clip);
    if (mistakes.length === EACH) break;
  }
  return [
    ...typical.map((index) => ({ index, reason: 'typical' as const })),
    ...mistakes.map((index) => ({ index, reason: 'mistake' as const })),
  ];
}
