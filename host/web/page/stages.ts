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
