/** What recorders write when something is wrong, in their own words, and what that means. */
const FAULTS: readonly (readonly [pattern: RegExp, meaning: string])[] = [
  [/busy/i, 'the microphone is busy: another program uses it'],
  [/rate is not accurate|(rate|channels count|sample format) (is )?(non |not )available/i, 'wrong rate'],
  [/cannot set (channel count|sample (rate|format))/i, 'wrong rate'],
  [/permission denied|not permitted/i, 'the microphone may not be used: permission denied'],
  [/connection refused/i, 'the sound server is not running'],
  [
    /no such (file|device|entity)|cannot find card|unknown pcm|no default audio device|no soundcards|i\/o error|input\/output error|could not find|not found/i,
    'no microphone',
  ],
];

const WRONG_RATE =
  'the device does not give 16 kHz, 16 bit, mono (for an ALSA device hw:… say --device plughw:…, which converts)';

/** Whether a line that a running recorder writes means that what it delivers is not what was asked for. */
export function saysWrongRate(line: string): boolean {
  return /rate is not accurate/i.test(line);
}

/** Whether it means that samples were lost. */
export function saysOverrun(line: string): boolean {
  return /overrun|xrun/i.test(line);
}

/**
 * Why a recorder failed, from what it wrote last.
 *
 * @param how 'ended with code 1' or the like, for a reason that is not known
 * @param heard whether samples had come before
 */
export function faultText(
  recorder: string,
  device: string | undefined,
  lines: readonly string[],
  how: string,
  heard: boolean,
): string {
  const where = device === undefined ? recorder : `${recorder}, device ${device}`;
  const last = lines
    .filter((line) => line.trim() !== '')
    .at(-1)
    ?.trim();
  const known = FAULTS.find(([pattern]) => lines.some((line) => pattern.test(line)));
  const said = last === undefined ? '' : `: ${last}`;
  if (known === undefined) return `${where}: ${how}${said}`;
  const [, meaning] = known;
  if (meaning === 'wrong rate') return `${where}: ${WRONG_RATE}${said}`;
  if (meaning !== 'no microphone') return `${where}: ${meaning}${said}`;
  const there = '(--list-devices names those that are there)';
  return `${where}: ${heard ? 'the microphone is gone' : 'no microphone'} ${there}${said}`;
}
