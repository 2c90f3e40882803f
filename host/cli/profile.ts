import { Command } from 'commander';
import { modelToCompare, profileClip, profileText, readClip, withBoard } from '../device/index.js';
import { boardOptions, PORT_OPTION } from './board-port.js';
import { progressBar } from './progress.js';

interface ProfileOptions {
  readonly port?: string;
  readonly resample?: boolean;
  readonly json?: boolean;
}

export function profileCommand(): Command {
  return new Command('profile')
    .description(
      'Count the instructions or cycles that a board needs for one clip: per layer, per synaptic operation and per frame',
    )
    .argument('[clip]', 'WAV file; only its first second is used (default: a bundled recording)')
    .option(...PORT_OPTION)
    .option('--resample', 'convert a recording that is not at 16 kHz instead of refusing it (default: off)')
    .option('--json', 'print one JSON object (default: text)')
    .action(async (path: string | undefined, { port, resample, json }: ProfileOptions) => {
      const { name, samples } = await readClip(path, { resample });
      const profile = await withBoard(boardOptions(port), async (board) =>
        profileClip(board, await modelToCompare(board, undefined, progressBar), name, samples),
      );
      process.stdout.write(json ? `${JSON.stringify(profile)}\n` : profileText(profile));
    });
}
