import { availableParallelism } from 'node:os';
import { Option } from 'commander';
import { wholeNumber } from './whole-number.js';

/** The option for the number of threads; `effect` ends its help. */
export function threadsOption(effect = 'affects only the speed'): Option {
  return new Option('--threads <n>', `number of threads, 1 to 64; ${effect}`)
    .argParser(wholeNumber(1, 64))
    .default(availableParallelism(), 'all cores');
}
