// A reporter for Node's test runner: one line for each missing tool, with the tests that did not run without it. A
// skipped suite counts once, because the runner does not report its tests.
const TOOL = /npm run setup:\w+/;

export default async function* skippedTests(source) {
  const names = new Map();
  for await (const { type, data } of source) {
    if (type !== 'test:pass' || typeof data.skip !== 'string' || !TOOL.test(data.skip)) continue;
    names.set(data.skip, [...(names.get(data.skip) ?? []), data.name]);
  }
  for (const [reason, skipped] of names) yield `${skipped.join(', ')}: ${reason}\n`;
}
