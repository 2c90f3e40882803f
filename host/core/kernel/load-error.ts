import { fillSentence } from '../text/index.js';
import { LOAD_ERROR_SENTENCES } from './generated.js';

/** What an error of `load` means; `detail` and `other` as the kernel gives them. */
export function loadErrorText(code: number, detail: number, other: number): string {
  return fillSentence(LOAD_ERROR_SENTENCES[code] ?? `error ${code} ({detail}, {other})`, { detail, other });
}
