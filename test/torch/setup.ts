import { existsSync } from 'node:fs';
import { packagePath } from '../../host/system/package-files.js';
import { OWN_PYTHON } from '../../host/training/torch/index.js';

/** Why tests of the torch engine do not run here; false if they do. */
export const noTorch: string | false = existsSync(packagePath(OWN_PYTHON))
  ? false
  : 'PyTorch is missing: npm run setup:torch';
