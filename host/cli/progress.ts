import cliProgress from 'cli-progress';

export interface Progress {
  update(done: number): void;
  stop(): void;
}

/** What is on the screen. Whatever ends the process, an interrupt or a defect, gives the terminal its cursor back. */
let shown: cliProgress.SingleBar | null = null;
process.on('exit', () => shown?.stop());

/** A progress bar on stderr; says nothing where stderr is not a terminal. */
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
