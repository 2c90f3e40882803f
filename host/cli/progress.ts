import cliProgress from 'cli-progress';

export interface Progress {
  update(done: number): void;
  stop(): void;
}

/** The bar on the screen. However the process ends, the terminal gets its cursor back. */
let shown: cliProgress.SingleBar | null = null;
process.on('exit', () => shown?.stop());

/** Starts a progress bar on stderr; shows nothing if stderr is not a terminal. */
export function progressBar(label: string, total: number): Progress {
  if (!process.stderr.isTTY) return { update: () => {}, stop: () => {} };
  const bar = new cliProgress.SingleBar(
    {
      format: `${label} {bar} {percentage} %  {value}/{total}  {eta_formatted} left`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
    },
    cliProgress.Presets.shades_classic,
  );
  bar.start(total, 0);
  shown = bar;
  const stop = (): void => {
    bar.stop();
    shown = null;
  };
  return { update: (done) => bar.update(done), stop };
}
