/** Returns the element of index.html with this id and tag. */
export function byId<K extends keyof HTMLElementTagNameMap>(id: string, tag: K): HTMLElementTagNameMap[K] {
  const found = document.getElementById(id);
  if (found === null || found.localName !== tag) throw new Error(`the page has no <${tag} id="${id}">`);
  return found as HTMLElementTagNameMap[K];
}

/** Returns a new element with properties and children. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Shows an error in an element of the page, or with null removes it. */
export function sayFault(place: HTMLElement, error: unknown): void {
  const text = error === null ? '' : error instanceof Error ? error.message : String(error);
  if (place.textContent !== text) place.textContent = text;
  place.hidden = text === '';
}
