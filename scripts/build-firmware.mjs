// Builds the firmware of the boards that can be installed, for dist/firmware, so that users of the package need no
// compiler. Without the compiler it says so and changes nothing, and `npm pack` then fails.
import { packageFirmware } from '../dist/host/boards/build.js';
import { boards } from '../dist/host/boards/index.js';
import { ToolError } from '../dist/host/system/index.js';

try {
  for (const board of boards.filter(({ installation }) => installation !== 'none')) await packageFirmware(board);
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  console.error(`No firmware is built for the package: ${error.message}`);
}
