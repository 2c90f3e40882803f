const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Escapes text for HTML: file names and labels are not under our control. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character]);
}

/** The colours of every page that a command writes, for light and dark screens, as CSS variables. */
export const PAGE_THEME = `
:root { color-scheme: light dark;
  --ground: #f7f7f5; --card: #ffffff; --ink: #1b1d20; --muted: #595f66; --rule: #dfe1e4; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #111315; --card: #191c1f; --ink: #eceef0; --muted: #a4abb3; --rule: #30353a; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); }
`;
