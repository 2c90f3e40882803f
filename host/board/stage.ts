/** Says what is being done, and how far it is: a progress bar, or nothing. */
export type Stage = (label: string, total: number) => { update(done: number): void; stop(): void };

/** Does work of `total` parts under a stage, which ends with it. */
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
