import { loadErrorText } from '../kernel/index.js';
import { fillSentence, hexText } from '../text/index.js';
import { KIND, SLOT_STATE_NAMES, STATUS_SENTENCES, TRAP_NAMES } from './generated.js';

/** What a kind of request is called in messages. */
export function kindName(kind: number): string {
  const name = Object.entries(KIND).find(([, value]) => value === kind)?.[0];
  return name?.toUpperCase() ?? `request ${hexText(kind, 2)}`;
}

/** What a slot's state is called. */
export function slotStateName(state: number): string {
  return SLOT_STATE_NAMES[state] ?? `state ${state}`;
}

/** What an error of the board means and what to do about it; `kind` is that of the request it answers. */
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
