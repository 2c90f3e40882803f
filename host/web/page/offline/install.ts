import { byId } from '../element.js';
import { keepForOffline } from './register.js';

/** The event with which a browser offers to install a page (W3C, Web App Manifest, not in every browser). */
interface InstallEvent extends Event {
  prompt(): Promise<unknown>;
}

/** Shows whether the page opens without its server, and a button where the browser can install it. */
export function offerInstallation(): void {
  const note = byId('offline-note', 'p');
  const button = byId('install', 'button');
  let offer: InstallEvent | null = null;
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    offer = event as InstallEvent;
    button.hidden = false;
  });
  button.addEventListener('click', () => {
    button.hidden = true;
    void offer?.prompt();
  });
  window.addEventListener('appinstalled', () => {
    button.hidden = true;
  });
  const texts = {
    keeping: 'Keeping the page for use without its server…',
    kept: 'This page is kept in the browser: it opens without its server and without a network.',
    cannot: 'This browser does not keep the page: it needs its server.',
    failed: 'The browser could not keep the page: it needs its server. Reload it to try again.',
  };
  keepForOffline((kept) => {
    note.textContent = texts[kept];
  });
}
