import { bytesText, hexText } from './numbers.js';

/** How a number is written in a sentence. */
export type Forms = Readonly<Record<string, (value: number) => string>>;

const PLAIN: Forms = { hex: hexText, bytes: bytesText };

/**
 * A sentence of the contracts with its numbers filled in: `{detail}` is written as it is, `{detail:hex}` in the form of
 * that name.
 */
export function fillSentence(
  sentence: string,
  values: Readonly<Record<string, number | string>>,
  forms: Forms = {},
): string {
  return sentence.replace(/\{(\w+)(?::(\w+))?\}/g, (_, name: string, form: string | undefined) => {
    const value = values[name];
    return form === undefined ? `${value}` : (forms[form] ?? PLAIN[form])(value as number);
  });
}
