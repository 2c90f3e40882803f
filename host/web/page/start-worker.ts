/**
 * Starts a worker from an address of this server. A worker that is fetched has only the policy of its own HTTP header,
 * which not every server sends; one that begins with a script of the page has the page's policy, so that no worker can
 * reach another server either.
 */
export function startWorker(address: string): Worker {
  const script = `import ${JSON.stringify(new URL(address, document.baseURI).href)};`;
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  return new Worker(url, { type: 'module' });
}
