import { SILENCE, UNKNOWN } from '../../core/dataset/index.js';

/** Classes that are shown as one. */
export interface ShownClasses {
  readonly label: string;
  /** The word or silence alone; for other words, all classes of them. */
  readonly classes: readonly number[];
}

/**
 * Returns what is shown of a model's classes, in their order: each word that it detects, silence, and as one all other
 * words, though a model may tell some of them apart.
 *
 * @param isWord whether a class is a word that the model detects
 */
export function shownClasses(labels: readonly string[], isWord: (label: number) => boolean): ShownClasses[] {
  const isOther = (label: string, k: number): boolean => label !== SILENCE && !isWord(k);
  const others = labels.flatMap((label, k) => (isOther(label, k) ? [k] : []));
  return labels.flatMap((label, k) => {
    if (label !== UNKNOWN && isOther(label, k)) return [];
    return [{ label, classes: label === UNKNOWN ? others : [k] }];
  });
}
