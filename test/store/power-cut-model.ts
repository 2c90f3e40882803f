// node dist/test/store/power-cut-model.js BOARD [MODEL] [N]: cuts the power of an emulated board at every (every N-th)
// flash operation of an update to MODEL, by default the shipped one. Takes a second or two for each.
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { buildFirmware, findBoard } from '../../host/boards/index.js';
import { decodeModel } from '../../host/core/model/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { randomFeatures } from '../judge/feature-maps.js';
import { judge } from '../judge/judge.js';
import { cutEmulated } from './emulated-power-cut.js';
import { install, type TrialModel, trialModels } from './trial-models.js';

const [, , boardName = '', path = packagePath('models/gsc-17-small.spkw'), every = '1'] = process.argv;

const board = findBoard(boardName);
const bytes = new Uint8Array(readFileSync(path));
const network = decodeModel(bytes, path);
const features = randomFeatures(network, 0);
const next: TrialModel = { name: path, bytes, crc: crc32(bytes), features, scores: judge(network, features).scores };
const [, old] = trialModels();

const report = await cutEmulated(
  board,
  await buildFirmware(board),
  { old, next, prepare: (client) => install(client, old), work: (client) => install(client, next) },
  {
    seeds: 1,
    every: Number(every),
    onCut: ({ cuts, violations }) => process.stderr.write(`\r${cuts} cuts, ${violations.length} violations`),
  },
);
process.stderr.write('\n');
console.log(`${board.name}: ${report.operations} flash operations, ${report.cuts} cuts`);
console.log(`the old model ran after ${report.old}, the new one after ${report.new}`);
for (const violation of report.violations) console.log(violation);
process.exitCode = report.violations.length === 0 ? 0 : 1;
