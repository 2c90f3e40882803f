import { isKept } from './teach/kept.js';

/** Marks the stage that is on the screen in the bar. */
export function followStages(): void {
  const links = new Map(
    Array.from(document.querySelectorAll<HTMLAnchorElement>('.bar nav a'), (link) => [link.hash.slice(1), link]),
  );
  const visible = new Set<string>();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) visible.add(target.id);
        else visible.delete(target.id);
      }
      const current = [...links.keys()].find((id) => visible.has(id));
      for (const [id, link] of links) {
        if (id === current) link.setAttribute('aria-current', 'true');
        else link.removeAttribute('aria-current');
      }
    },
    // a thin line a third down the window
    { rootMargin: '-33% 0px -66% 0px' },
  );
  for (const id of links.keys()) {
    const stage = document.getElementById(id);
    if (stage !== null) observer.observe(stage);
  }
}

/**
 * Resolves when the stages below the first are needed: the user clicks, presses a key or follows a link, one of them is
 * on the screen, or there may be a model that Teach keeps.
 */
export function untilNeeded(): Promise<void> {
  return new Promise((resolve) => {
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) need();
    });
    const events = ['pointerdown', 'keydown', 'hashchange'] as const;
    const need = (): void => {
      observer.disconnect();
      for (const event of events) window.removeEventListener(event, need);
      resolve();
    };
    for (const stage of document.querySelectorAll('main > .stage ~ .stage')) observer.observe(stage);
    for (const event of events) window.addEventListener(event, need);
    if (location.hash !== '') need();
    void isKept().then((kept) => {
      if (kept) need();
    });
  });
}
