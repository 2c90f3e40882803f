import type { Page } from '../page.js';

/** Begins the stage that hands out the model and what runs it. */
export function beginTakeAway(_page: Page): void {}
