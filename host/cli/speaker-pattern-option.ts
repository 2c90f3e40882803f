import { Option } from 'commander';
import { speakerPattern } from '../dataset/index.js';

/** The option that says how the names of files give the speaker. */
export function speakerPatternOption(otherwise = 'up to _nohash_, or the folder of the speaker'): Option {
  return new Option(
    '--speaker-pattern <expression>',
    `regular expression whose first group is the speaker in a file's name, such as '_(spk[0-9]+)_' (default: ${otherwise})`,
  ).argParser(speakerPattern);
}
