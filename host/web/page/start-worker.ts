/**
 * Starts a worker from an address of this server. A worker that is fetched has only the policy of its own HTTP header,
 * which not every server sends; one that begins with a script of the page has the page's policy, so that no worker can
 * reach another server either.
 *
 * @param base the page's address, which a worker that starts another one has to be told
 */
export function startWorker(address: string, base = document.baseURI): Worker {
  const script = `import ${JSON.stringify(new URL(address, base).href)};`;
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  return new Worker(url, { type: 'module' });
}
