import { patched } from '../native/index.js';

/** A store that commits a model before it writes the data. */
const EARLY_COMMIT = {
  'store/update.c': patched('store/update.c', [
    [
      '  update.active = outcome.status == OK;\n  return outcome;',
      '  update.active = outcome.status == OK;\n' +
        '  slot_write_header(update.slot, length, crc);\n' +
        '  return slot_write_record(update.slot, slot_next_sequence(update.slot));',
    ],
    [
      '  struct outcome outcome = slot_write_header(update.slot, update.length, update.crc);\n' +
        '  if (outcome.status == OK) outcome = slot_write_record(update.slot, slot_next_sequence(update.slot));',
      '  const struct outcome outcome = done();',
    ],
  ]),
};

/** Stores with a fault that only a power cut at the wrong moment reveals, as patches for `buildNative` and boards. */
export const STORE_MUTANTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'commits early': EARLY_COMMIT,
  'commits early, and believes the commit record at boot': {
    ...EARLY_COMMIT,
    'store/slots.c': patched('store/slots.c', [['read && crc == slots[slot].crc ?', 'read ?']]),
  },
  'writes over the model that runs': {
    'store/update.c': patched('store/update.c', [['  return 1 - running;', '  return running;']]),
  },
  'commits without a newer sequence': {
    'store/slots.c': patched('store/slots.c', [['  return last + 1;', '  return last;']]),
  },
};
