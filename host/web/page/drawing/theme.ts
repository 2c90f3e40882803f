/** The style sheet's current colours for painting on canvases. */
export interface Theme {
  readonly ink: string;
  readonly muted: string;
  readonly rule: string;
  readonly accent: string;
  readonly warm: string;
  /** From quiet to loud. */
  readonly heat: readonly string[];
}

const DARK = window.matchMedia('(prefers-color-scheme: dark)');
const REDUCED = window.matchMedia('(prefers-reduced-motion: reduce)');

let current: Theme | null = null;
DARK.addEventListener('change', () => {
  current = null;
});

export function theme(): Theme {
  if (current === null) {
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
    current = {
      ink: colour('ink'),
      muted: colour('muted'),
      rule: colour('rule'),
      accent: colour('accent'),
      warm: colour('warm'),
      heat: [0, 1, 2, 3, 4].map((k) => colour(`heat-${k}`)),
    };
  }
  return current;
}

/** Calls `redraw` whenever the colours change. */
export function onThemeChange(redraw: () => void): void {
  DARK.addEventListener('change', redraw);
}

/** Returns whether the user prefers pictures without motion. */
export const reducedMotion = (): boolean => REDUCED.matches;

/** Returns '#rrggbb' as three numbers. */
export function rgb(colour: string): readonly [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
