/** The database in which Teach keeps recordings and the model. */
export const DATABASE = 'spikeword-teach';

/** Whether the browser has such a database, perhaps with a model that the page should listen with. */
export async function isKept(): Promise<boolean> {
  try {
    return (await indexedDB.databases()).some(({ name }) => name === DATABASE);
  } catch {
    // a browser that keeps nothing, or does not tell: Teach finds out when it begins
    return false;
  }
}
