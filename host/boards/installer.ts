import type { Board } from './boards.js';
import type { Firmware } from './build.js';

/** How the user wants a firmware to reach the board; which of these a board takes depends on its chip. */
export interface InstallOptions {
  /** Over USB, with dfu-util. */
  readonly dfu?: boolean | undefined;
  /** Over this serial port. */
  readonly port?: string | undefined;
  /** By copying a file to the drive that is this folder. */
  readonly drive?: string | undefined;
}

/** What is done to install a firmware. */
export interface InstallPlan {
  /** What the user does before. */
  readonly before: readonly string[];
  /** What has happened then, or what the user does. */
  readonly after: readonly string[];
  /** Writes the firmware. Throws `ToolError`. */
  write(firmware: Firmware): Promise<void>;
}

/** Plans the installation on a chip. Throws `UsageError` for options that the chip does not take. */
export type Installer = (board: Board, options: InstallOptions) => InstallPlan;
