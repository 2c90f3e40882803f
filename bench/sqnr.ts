// Signal to quantisation noise of one neuron with fixed and with learned thresholds, as in section 3.3 of the paper.
// npm run bench:sqnr [-- --json] [--seed N] [--svg FILE]

import { parseArgs } from 'node:util';
import { writeFileAtomically } from '../host/system/index.js';
import { renderPicture } from './sqnr/picture.js';
import { sqnrExperiment } from './sqnr/sqnr.js';
import { renderSqnrSummary } from './sqnr/summary.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    svg: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const report = sqnrExperiment({ seed: Number(values.seed) });
if (values.svg !== undefined) writeFileAtomically(values.svg, renderPicture(report));
process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : renderSqnrSummary(report));
