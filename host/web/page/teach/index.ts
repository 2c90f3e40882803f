import type { Page } from '../page.js';

/** Begins the stage in which the network learns words of the user. */
export function beginTeach(_page: Page): void {}
