/** Announces a part of the work and its number of steps, and returns its progress bar. */
export type Stage = (label: string, total: number) => { update(done: number): void; stop(): void };

/**
 * Does work of `total` steps with a progress bar, which stops even if the work fails; without a stage it shows none.
 */
export async function staged<T>(
  stage: Stage | undefined,
  label: string,
  total: number,
  work: (onProgress: (done: number) => void) => Promise<T>,
): Promise<T> {
  const bar = stage?.(label, total);
  try {
    return await work((done) => bar?.update(done));
  } finally {
    bar?.stop();
  }
}
