/** Announces a part of some work and how many steps it has, and returns what is told how far it is: a progress bar. */
export type Stage = (label: string, total: number) => { update(done: number): void; stop(): void };

/** Does work of `total` steps under a stage, which ends with it, also where it fails; without a stage just does it. */
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
