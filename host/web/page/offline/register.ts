/** Whether the page opens without its server. */
export type Kept = 'kept' | 'keeping' | 'cannot' | 'failed';

/**
 * Lets the browser keep the files of the page as soon as the page itself has loaded, and says how far it is. It is not
 * possible over http from another machine, nor in a private window of Firefox.
 */
export function keepForOffline(say: (kept: Kept) => void): void {
  if (!window.isSecureContext || !('serviceWorker' in navigator)) {
    say('cannot');
    return;
  }
  say(navigator.serviceWorker.controller === null ? 'keeping' : 'kept');
  if (document.readyState === 'complete') void register(say);
  else window.addEventListener('load', () => void register(say), { once: true });
}

async function register(say: (kept: Kept) => void): Promise<void> {
  const { serviceWorker } = navigator;
  try {
    const registration = await serviceWorker.register('service-worker.js', { updateViaCache: 'none' });
    const worker = registration.installing;
    worker?.addEventListener('statechange', () => {
      // a file was missing or of another version: what was kept before stays
      if (worker.state === 'redundant' && registration.active === null) say('failed');
    });
    await serviceWorker.ready;
    say('kept');
  } catch {
    // the page works without it, but does not open without its server
    say('failed');
  }
}
