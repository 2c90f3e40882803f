/** A link to the page with a model and how it is set. It names the model and does not contain it. */
export interface Link {
  /** The first digits of the SHA-256 of the model file. */
  readonly model: string;
  /** The position of the slider, 0 to 100; null for the model's own thresholds. */
  readonly eager: number | null;
  /** The words that are switched on; null for all. */
  readonly words: readonly string[] | null;
}

/** Digits of a SHA-256 in a link: enough to tell any two models apart, and short enough to be sent. */
const MODEL_DIGITS = 16;

/** Returns a link as the part of an address after the page's, which browsers do not send to the server. */
export function linkText({ model, eager, words }: Link): string {
  return [
    `#model=${model.slice(0, MODEL_DIGITS)}`,
    ...(eager === null ? [] : [`eager=${eager}`]),
    ...(words === null ? [] : [`words=${words.map(encodeURIComponent).join(',')}`]),
  ].join('&');
}

/** Returns what a link says; null for an address without one. Throws an error for a link that is damaged. */
export function readLink(hash: string): Link | null {
  if (!hash.startsWith('#model=')) return null;
  try {
    const parts = new Map(
      hash
        .slice(1)
        .split('&')
        .map((part) => part.split('=', 2) as [string, string]),
    );
    const [model, eager, words] = ['model', 'eager', 'words'].map((name) => parts.get(name));
    const wholeModel = model !== undefined && /^[0-9a-f]+$/.test(model) && model.length === MODEL_DIGITS;
    const wholeEager = eager === undefined || /^(?:\d|[1-9]\d|100)$/.test(eager);
    if (wholeModel && wholeEager) {
      return {
        model,
        eager: eager === undefined ? null : Number(eager),
        words: words === undefined ? null : words.split(',').filter(Boolean).map(decodeURIComponent),
      };
    }
  } catch {
    // decodeURIComponent refuses what is not its own
  }
  throw new Error('This link is damaged: part of it is missing or changed. Ask for it again.');
}

/** The digits of the model in the page's address; null without a link. */
export function linkedModel(): string | null {
  try {
    return readLink(location.hash)?.model ?? null;
  } catch {
    // the stage says what is wrong with it
    return null;
  }
}
