import { accessSync, constants } from 'node:fs';

/**
 * Returns the reason why there is no browser to test with, for node:test's `skip`; false if there is one.
 *
 * @param path of its program
 * @param variable the variable of the environment that names another
 */
export function skipWithout(path: string, variable: string): string | false {
  try {
    accessSync(path, constants.X_OK);
    return false;
  } catch {
    return `${path} not found; npm run setup:browser installs it (or name another with ${variable})`;
  }
}
