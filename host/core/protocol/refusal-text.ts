import { loadErrorText } from '../kernel/index.js';
import { fillSentence, hexText } from '../text/index.js';
import { KIND, SLOT_STATE_NAMES, STATUS_SENTENCES, TRAP_NAMES } from './generated.js';

/** The name of a kind of request in messages. */
export function kindName(kind: number): string {
  const name = Object.entries(KIND).find(([, value]) => value === kind)?.[0];
  return name?.toUpperCase() ?? `request ${hexText(kind, 2)}`;
}

/** The name of a slot's state. */
export function slotStateName(state: number): string {
  return SLOT_STATE_NAMES[state] ?? `state ${state}`;
}

/** What an error of the board means and what to do about it; `kind` is that of the refused request. */
export function refusalText(kind: number, status: number, detail: number, other: number): string {
  const sentence = STATUS_SENTENCES[status] ?? `the board refuses {request} with error ${status} ({detail}, {other})`;
  return fillSentence(
    sentence,
    { request: kindName(kind), detail, other },
    {
      trap: (reason) => TRAP_NAMES[reason] ?? `trap ${reason}`,
      slotState: slotStateName,
      loadError: (code) => loadErrorText(code, other, 0),
    },
  );
}
