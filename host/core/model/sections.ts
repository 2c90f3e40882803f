import { ModelError } from '../error.js';
import { looksLike } from '../file-kind.js';
import { hexText } from '../text/index.js';
import { crc32 } from './crc32.js';
import {
  CRC_START,
  FORMAT_VERSION,
  MAGIC,
  NETWORK,
  OLDEST_VERSION,
  RECORD_BYTES,
  SECTION_ENTRY,
  SECTION_TABLE,
} from './generated.js';
import { type LayerShape, readShape } from './layer-record.js';
import { aligned, headerBytes, type SectionName, sectionsOf } from './layout.js';

/** Where a section lies in the file, in bytes. */
export interface Section {
  readonly start: number;
  readonly length: number;
}

/** A model file whose header, length, CRC and section table are right. */
export interface Sections extends Readonly<Record<SectionName, Section>> {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** The version of the format. */
  readonly version: number;
  /** Throws `ModelError` naming the file. */
  readonly fail: (fault: string) => never;
  /** The shape in record `index` of the network section. */
  readonly layerShape: (index: number) => LayerShape;
}

/**
 * Checks the header, length, CRC and section table of a model file; throws `ModelError` naming `file` and the fault.
 */
export function openSections(bytes: Uint8Array, file: string): Sections {
  const fail = (fault: string): never => {
    throw new ModelError(`${file}: ${fault}`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint32(0, true) !== MAGIC) {
    fail(`not a spikeword model: it does not begin with SPKW${looksLike(bytes)}`);
  }
  const shortest = headerBytes(OLDEST_VERSION);
  if (bytes.length < shortest) fail(`only ${bytes.length} bytes long: cut off inside the ${shortest}-byte header`);
  const version = view.getUint32(4, true);
  if (version < OLDEST_VERSION || version > FORMAT_VERSION) {
    fail(`format version ${version}; this spikeword reads versions ${OLDEST_VERSION} to ${FORMAT_VERSION}`);
  }
  const length = view.getUint32(8, true);
  if (length !== bytes.length) fail(`${bytes.length} bytes, but the header says ${length}`);
  const crc = crc32(bytes.subarray(CRC_START));
  const stated = view.getUint32(12, true);
  if (crc !== stated) fail(`damaged: CRC-32 is ${hexText(crc)}, the header says ${hexText(stated)}`);
  const names = sectionsOf(version);
  const count = view.getUint32(CRC_START, true);
  if (count !== names.length) fail(`${count} sections, expected ${names.length}`);

  let next = headerBytes(version);
  const section = (name: SectionName): Section => {
    if (!names.includes(name)) return { start: next, length: 0 };
    const entry = SECTION_TABLE + names.indexOf(name) * SECTION_ENTRY;
    const kind = view.getUint32(entry, true);
    const start = view.getUint32(entry + 4, true);
    const bytesLong = view.getUint32(entry + 8, true);
    if (kind !== names.indexOf(name) + 1) fail(`found a section of kind ${kind} where ${name} was expected`);
    if (start !== next) fail(`section ${name} begins at ${start}, expected ${next}`);
    next = aligned(start + bytesLong);
    if (next > length)
      fail(`section ${name} of ${bytesLong} bytes at ${start} extends past the end of the file of ${length} bytes`);
    return { start, length: bytesLong };
  };
  // in the order of the file: each begins where the one before it ends
  const features = section('features');
  const labels = section('labels');
  const network = section('network');
  const weights = section('weights');
  const scales = section('scales');
  const provenance = section('provenance');
  const detection = section('detection');
  if (next !== length) fail(`${length - next} bytes after the last section`);
  const layerShape = (index: number): LayerShape =>
    readShape(view, network.start + NETWORK.records + index * RECORD_BYTES);
  const sections = { features, labels, network, weights, scales, provenance, detection };
  return { ...sections, bytes, view, version, fail, layerShape };
}
