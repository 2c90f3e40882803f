// A reporter for Node's test runner: one line for each reason why tests of boards did not run. A skipped suite counts
// once: the runner does not look inside.
const BOARDS = 'npm run setup:boards';

export default async function* skippedBoards(source) {
  const names = new Map();
  for await (const { type, data } of source) {
    if (type !== 'test:pass' || typeof data.skip !== 'string' || !data.skip.includes(BOARDS)) continue;
    names.set(data.skip, [...(names.get(data.skip) ?? []), data.name]);
  }
  for (const [reason, skipped] of names) yield `${skipped.join(', ')}: ${reason}\n`;
}
