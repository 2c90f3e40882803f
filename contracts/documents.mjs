// The tables that the contracts put into the documents.
import * as kernel from './kernel.mjs';
import { constantCase, hex, recordBytes, withOffsets } from './languages/names.mjs';
import * as model from './model-format.mjs';
import * as protocol from './protocol.mjs';

const table = (head, rows) =>
  [`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`, ...rows.map((row) => `| ${row.join(' | ')} |`)]
    .map((line) => line.replace(/ +\|/g, ' |').replace(/\|(?: \|)+$/, (tail) => tail))
    .join('\n');

const upper = (hexadecimal) => hexadecimal.toUpperCase().replace('0X', '0x');
const title = ({ name }) => constantCase(name);

const fields = (list) =>
  withOffsets(list).map(({ offset, type, name, meaning }) => [offset, type, `${name}: ${meaning}`]);

const time = ({ waitMs, tries, note }) => [`${waitMs / 1000} s`, tries, note ?? ''];
/** Requests with the same patience share a row. */
function patienceRows() {
  const rows = new Map();
  for (const request of protocol.requests) {
    const key = JSON.stringify(time(request));
    rows.set(key, [...(rows.get(key) ?? []), request]);
  }
  return [...rows.values()].map((same) => [same.map(title).join(', '), ...time(same[0])]);
}

export const documents = {
  'docs/model-format.md': {
    sections: table(
      ['kind', 'section', 'read by'],
      model.sections.map(({ kind, name, readBy }) => [kind, name, readBy]),
    ),
    network: table(
      ['offset', 'type', 'field'],
      [
        ...fields(model.networkFields),
        [recordBytes(model.networkFields), `${recordBytes(model.layerFields)} bytes each`, 'layer records'],
      ],
    ),
    'layer record': table(['offset', 'type', 'field'], fields(model.layerFields)),
    detection: table(
      ['offset', 'type', 'field'],
      [
        ...fields(model.detectionFields),
        [
          recordBytes(model.detectionFields),
          'u16 each',
          'thresholds, one per class, and a zero if their number is odd',
        ],
      ],
    ),
    'curve point': table(
      ['offset', 'type', 'field'],
      [
        ...fields(model.curveFields),
        [recordBytes(model.curveFields), 'u16 each', 'thresholds, one per class, and a zero if their number is odd'],
      ],
    ),
    functions: table(
      ['export', 'meaning'],
      [
        ...kernel.functions.map(({ signature, meaning }) => [
          `\`${signature.replace(/: number/g, '').replace(': void', '')}\``,
          meaning,
        ]),
        ['`memory`', 'the linear memory'],
      ],
    ),
    keys: table(
      ['key', 'name', 'answer'],
      kernel.queryKeys.map((key) => [key.key, title(key), key.meaning]),
    ),
    errors: table(
      ['error', 'name', 'meaning', 'detail', 'other'],
      kernel.loadErrors.map((error) => [
        error.code,
        title(error),
        error.meaning,
        error.detail ?? '',
        error.other ?? '',
      ]),
    ),
  },
  'firmware-bridge/protocol.md': {
    kinds: table(
      ['kind', 'name', ''],
      [
        ...protocol.requests.map((request) => [upper(hex(request.kind)), title(request), 'request']),
        ...protocol.events.map((event) => [upper(hex(event.kind)), title(event), 'event']),
      ],
    ),
    patience: table(['request', 'wait for the answer', 'tries', 'because'], patienceRows()),
    'slot states': table(
      ['state', 'name', 'meaning'],
      protocol.slotStates.map(({ code, name, meaning }) => [code, name, meaning]),
    ),
    inspect: table(
      ['what', '', 'index', 'the whole'],
      protocol.inspected.map((row) => [row.code, row.title, row.index ?? '', row.whole]),
    ),
    errors: table(
      ['status', 'name', 'meaning', 'detail', 'other'],
      protocol.statuses
        .filter(({ code }) => code > 0)
        .map((status) => [status.code, title(status), status.meaning, status.detail ?? '', status.other ?? '']),
    ),
  },
};
