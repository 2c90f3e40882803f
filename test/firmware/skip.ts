import { missingTools, type Tool } from '../../host/boards/index.js';

/** Returns why tests that need these programs cannot run here, or false if they can. For `skip` of node:test. */
export async function skipWithout(...tools: readonly Tool[]): Promise<string | false> {
  const missing = await missingTools(tools);
  return missing.length > 0 && `${missing.join(', ')} not installed: npm run setup:boards`;
}
