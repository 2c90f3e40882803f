import { columnsOf, shellQuoted, TEXT_COLUMNS } from '../core/text/index.js';

/**
 * What to do next: the arguments of `spikeword`, or a sentence. Words in capitals, such as `FOLDER`, stand for what
 * only the user knows.
 */
export type Next = readonly string[] | string;

/** What runs spikeword for the one who typed the last command: the program itself, or npx. */
function program({ npm_command: npm }: NodeJS.ProcessEnv): readonly string[] {
  return npm === undefined ? ['spikeword'] : ['npx', 'spikeword'];
}

const LEADS = { first: 'next: ', other: '  or: ' };
const CONTINUED = ' \\';

/** Returns the words of a command, quoted for a shell, with every option joined to its value. */
function partsOf(words: readonly string[]): string[] {
  const parts: string[] = [];
  for (const [k, word] of words.entries()) {
    const isValue = k > 0 && words[k - 1].startsWith('--') && !word.startsWith('--');
    if (isValue) parts[parts.length - 1] += ` ${shellQuoted(word)}`;
    else parts.push(shellQuoted(word));
  }
  return parts;
}

/** Returns the lines of a command, continued before an option where it is too long, so that all of it can be copied. */
function commandLines(words: readonly string[], lead: string): string[] {
  const parts = partsOf(words);
  const lines = [lead + parts[0]];
  for (const [k, part] of parts.entries()) {
    if (k === 0) continue;
    const line = `${lines[lines.length - 1]} ${part}`;
    const room = TEXT_COLUMNS - (k === parts.length - 1 ? 0 : CONTINUED.length);
    if (columnsOf(line) > room && part.startsWith('--')) {
      lines[lines.length - 1] += CONTINUED;
      lines.push(' '.repeat(lead.length + 2) + part);
    } else lines[lines.length - 1] = line;
  }
  return lines;
}

/**
 * Returns the lines that end the text of a command which has made something: what to do next, the most likely first.
 * They are for people, so no command prints them with --json.
 */
export function nextText(steps: readonly Next[], env: NodeJS.ProcessEnv = process.env): string {
  const lines = steps.flatMap((step, k) => {
    const lead = k === 0 ? LEADS.first : LEADS.other;
    return typeof step === 'string' ? [lead + step] : commandLines([...program(env), ...step], lead);
  });
  return `${lines.join('\n')}\n`;
}

/** The step that shows a page which was written. */
export function openPage(path: string): string {
  return `open ${shellQuoted(path)} in a browser`;
}
