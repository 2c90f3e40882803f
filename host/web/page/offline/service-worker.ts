// Keeps the files of the page, so that it opens when its server does not run. While the server answers, the page gets
// every file from there, so a page never mixes two versions and a model that was added is seen at once.

const scope = self as unknown as ServiceWorkerScope;
/** Pages of one server in several folders keep their files apart. */
const CACHE = `spikeword ${scope.registration.scope}`;

/** The address under which a file is kept: its content, so that a new version fetches only what has changed. */
const keyOf = (sha256: string): string => new URL(`sha256/${sha256}`, scope.registration.scope).href;

async function sha256Of(response: Response): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await response.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Keeps every file of this version. One that is missing, or of another version, ends the installation. */
async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const [address, sha256] of Object.entries(scope.FILES)) {
    if ((await cache.match(keyOf(sha256))) !== undefined) continue;
    const path = address === 'index.html' ? './' : address.split('/').map(encodeURIComponent).join('/');
    const response = await fetch(new URL(path, scope.registration.scope), { cache: 'no-cache' });
    if (!response.ok || (await sha256Of(response.clone())) !== sha256) {
      throw new Error(`${address} is not that of this version`);
    }
    await cache.put(keyOf(sha256), response);
  }
  await scope.skipWaiting();
}

/** Takes over the open pages and removes what no file of this version needs. */
async function activate(): Promise<void> {
  const cache = await caches.open(CACHE);
  const kept = new Set(Object.values(scope.FILES).map(keyOf));
  for (const { url } of await cache.keys()) if (!kept.has(url)) await cache.delete(url);
  await scope.clients.claim();
}

/** The hash of the file that a request asks for; undefined if it is not one of the page's. */
function wanted({ method, url }: Request): string | undefined {
  const base = scope.registration.scope;
  if (method !== 'GET' || !url.startsWith(base)) return undefined;
  return scope.FILES[decodeURIComponent(url.slice(base.length).replace(/[?#].*$/s, '')) || 'index.html'];
}

async function fromServerOrKept(request: Request, sha256: string): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const response = await (await caches.open(CACHE)).match(keyOf(sha256));
    if (response === undefined) throw error;
    return response;
  }
}

scope.addEventListener('install', (event) => event.waitUntil(install()));
scope.addEventListener('activate', (event) => event.waitUntil(activate()));
scope.addEventListener('fetch', (event) => {
  const sha256 = wanted(event.request);
  if (sha256 !== undefined) event.respondWith(fromServerOrKept(event.request, sha256));
});
