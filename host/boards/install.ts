import { UsageError } from '../core/error.js';
import { type Board, boards, type Installation } from './boards.js';
import { stm32Installer } from './install-stm32.js';
import { uf2Installer } from './install-uf2.js';
import type { Installer, InstallOptions, InstallPlan } from './installer.js';

const installers: Readonly<Record<Exclude<Installation, 'none'>, Installer>> = {
  stm32: stm32Installer,
  uf2: uf2Installer,
};

/** Plans the installation of firmware on a board. Throws `UsageError` if there is none for this board. */
export function planInstallation(board: Board, options: InstallOptions): InstallPlan {
  if (board.installation !== 'none') return installers[board.installation](board, options);
  const installable = boards.filter(({ installation }) => installation !== 'none').map(({ name }) => name);
  throw new UsageError(
    `${board.name}: spikeword cannot write this board's program memory, only that of ${installable.join(', ')}; ` +
      `use the board's own tools with the files of \`spikeword board build ${board.name}\``,
  );
}
