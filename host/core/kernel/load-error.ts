import { fillSentence } from '../text/index.js';
import { LOAD_ERROR_SENTENCES } from './generated.js';

/** An error of `load` in words; `detail` and `other` are the kernel's numbers. */
export function loadErrorText(code: number, detail: number, other: number): string {
  return fillSentence(LOAD_ERROR_SENTENCES[code] ?? `error ${code} ({detail}, {other})`, { detail, other });
}
