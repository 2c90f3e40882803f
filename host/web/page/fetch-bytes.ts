/**
 * Fetches a file that is served with the page. Throws an error that says what to do.
 *
 * @param base the page's address, which a worker has to be told
 */
export async function fetchBytes(path: string, base = document.baseURI): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(new URL(path, base)).catch((cause) => {
    const advice = 'Is spikeword web still running? If not, start it again and reload the page.';
    throw new Error(`${path} cannot be loaded. ${advice}`, { cause });
  });
  if (!response.ok) throw new Error(`${path} cannot be loaded: the server answered with status ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}
