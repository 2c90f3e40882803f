import type { ClassReport } from './report.js';

/** Counts clips by spoken and recognised class: [spoken][recognised]. */
export function confusionMatrix(spoken: Int32Array, recognised: Int32Array, classes: number): number[][] {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let clip = 0; clip < spoken.length; clip++) matrix[spoken[clip]][recognised[clip]]++;
  return matrix;
}

/** Returns precision and recall of every class of a confusion matrix. */
export function classReports(confusion: readonly (readonly number[])[], labels: readonly string[]): ClassReport[] {
  return labels.map((label, k) => {
    const clips = confusion[k].reduce((sum, n) => sum + n, 0);
    const named = confusion.reduce((sum, row) => sum + row[k], 0);
    const right = confusion[k][k];
    return {
      label,
      clips,
      precision: named > 0 ? right / named : null,
      recall: clips > 0 ? right / clips : null,
    };
  });
}

/** Returns the class that a class is most often mistaken for; null if it never is. The lowest index wins a tie. */
export function mainConfusion(row: readonly number[], spoken: number): { recognised: number; clips: number } | null {
  let most = { recognised: -1, clips: 0 };
  for (const [recognised, clips] of row.entries()) {
    if (recognised !== spoken && clips > most.clips) most = { recognised, clips };
  }
  return most.clips > 0 ? most : null;
}
