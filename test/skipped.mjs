// A reporter for Node's test runner: one line for each reason why tests did not run for want of a tool. A skipped suite
// counts once: the runner does not look inside.
const TOOL = /npm run setup:\w+/;

export default async function* skippedTests(source) {
  const names = new Map();
  for await (const { type, data } of source) {
    if (type !== 'test:pass' || typeof data.skip !== 'string' || !TOOL.test(data.skip)) continue;
    names.set(data.skip, [...(names.get(data.skip) ?? []), data.name]);
  }
  for (const [reason, skipped] of names) yield `${skipped.join(', ')}: ${reason}\n`;
}
