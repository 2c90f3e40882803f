import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Returns the faults that axe finds, one line per element. The debugger runs axe, so the page's policy allows it. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(`${axe}; undefined`);
  // a colour that is just fading is no fault
  await page.evaluate('for (const animation of document.getAnimations()) animation.finish()');
  const found = (await page.evaluate('axe.run().then(({ violations }) => violations)')) as Violation[];
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

/** Both colour schemes, each on a wide screen and on a narrow phone. */
export const SCREENS = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [1240, 320].map((width) => ({ colorScheme, viewport: { width, height: 800 } })),
);
