import type { Page } from '../page.js';

/**
 * Begins the stage in which the network learns words of the user. Its code is loaded after the rest of the page, which
 * can be used before.
 */
export async function beginTeach(page: Page): Promise<void> {
  const { begin } = await import('./stage.js');
  begin(page);
}
