/** Messages of recorders, and what they mean. */
const FAULTS: readonly (readonly [pattern: RegExp, meaning: string])[] = [
  [/busy/i, 'the microphone is busy: another program uses it'],
  [/rate is not accurate|(rate|channels count|sample format) (is )?(non |not )available/i, 'wrong rate'],
  [/unable to install hw params/i, 'wrong rate'],
  [/cannot set (channel count|sample (rate|format))/i, 'wrong rate'],
  [/permission denied|not permitted/i, 'no permission to use the microphone'],
  [
    /connection refused|context_connect\(\) failed/i,
    'the sound server is not running (start it, for example with systemctl --user start pipewire pipewire-pulse)',
  ],
  [
    /no such (file|device|entity)|cannot find card|unknown pcm|no default audio device|no soundcards|connection failure|i\/o error|input\/output error|could not find|not found/i,
    'no microphone',
  ],
];

const WRONG_RATE =
  'the device does not give 16 kHz, 16 bit, mono (for an ALSA device hw:… use --device plughw:…, which converts)';

/** Whether a line from a running recorder means that its sample rate is not the requested one. */
export function saysWrongRate(line: string): boolean {
  return /rate is not accurate/i.test(line);
}

/** Whether a line from a running recorder means that samples were lost. */
export function saysOverrun(line: string): boolean {
  return /overrun|xrun/i.test(line);
}

/**
 * Returns why a recorder failed, from the last lines that it wrote.
 *
 * @param how for example 'ended with code 1', if the reason is unknown
 * @param heard whether samples had arrived before
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
  const there = '(--list-devices lists the microphones)';
  return `${where}: ${heard ? 'the microphone is gone' : 'no microphone'} ${there}${said}`;
}
