import { countText, type Ink, PLAIN, wrapLine } from '../../core/text/index.js';
import type { Problem } from './problems.js';

/** Files that are shown of each problem, and of one that stops a training. */
const SHOWN = 5;
const SHOWN_WRONG = 20;

/**
 * Returns the lines that say what is wrong with a dataset, then what else a user should know; none if it is nothing.
 */
export function renderProblems(problems: readonly Problem[], ink: Ink = PLAIN): string[] {
  const part = (title: string, some: readonly Problem[]): string[] =>
    some.length === 0 ? [] : ['', title, ...some.flatMap(problemLines)];
  return [
    ...part(
      ink.error('wrong:'),
      problems.filter(({ wrong }) => wrong),
    ),
    ...part(
      ink.warning('to know:'),
      problems.filter(({ wrong }) => !wrong),
    ),
  ];
}

function problemLines({ text, files, wrong }: Problem): string[] {
  const shown = files.slice(0, wrong ? SHOWN_WRONG : SHOWN).map((file) => `    ${file}`);
  const more = files.length - shown.length;
  const lines = [
    `  ${text}`,
    ...shown,
    ...(more > 0 ? [`    and ${countText(more)} more; --json of \`spikeword dataset info\` has all`] : []),
  ];
  return lines.flatMap((line) => wrapLine(line));
}
