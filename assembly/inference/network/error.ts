// What `load` refuses, and why. host/kernel/load-error.ts puts the same numbers into words.

/** The model's address is not a multiple of 4, or lies below the end of RAM. detail: address, other: RAM bytes */
export const ERROR_PLACE: i32 = 1;
/** detail: bytes, other: least bytes */
export const ERROR_TOO_SHORT: i32 = 2;
/** detail: what stands there */
export const ERROR_MAGIC: i32 = 3;
/** detail: version, other: supported version */
export const ERROR_VERSION: i32 = 4;
/** detail: length in the header, other: length given */
export const ERROR_LENGTH: i32 = 5;
/** detail: CRC-32 of the content, other: CRC-32 in the header */
export const ERROR_CRC: i32 = 6;
/** detail: section */
export const ERROR_SECTION: i32 = 7;
/** Frames, coefficients or a multiplier. */
export const ERROR_FEATURES: i32 = 8;
/** Number of labels, or one without an end. */
export const ERROR_LABELS: i32 = 9;
/** detail: offset of the field in the network section */
export const ERROR_NETWORK: i32 = 10;
/** A shape that is out of range or does not fit its neighbour. detail: layer */
export const ERROR_LAYER: i32 = 11;
/** An offset that is unaligned or outside the weights. detail: layer, or the number of layers for the classifier */
export const ERROR_OFFSET: i32 = 12;
/** A threshold that is not positive. detail: layer */
export const ERROR_THRESHOLD: i32 = 13;
/** More work than the counters of a layer can hold. detail: layer */
export const ERROR_WORK: i32 = 14;
/** detail: bytes needed, other: bytes available */
export const ERROR_RAM: i32 = 15;
/** No model is part of this module. */
export const ERROR_NOT_EMBEDDED: i32 = 16;

export let errorDetail: u32 = 0;
export let errorOther: u32 = 0;

/** Keeps what the host may ask for, and returns the code. */
export function fail(code: i32, detail: u32 = 0, other: u32 = 0): i32 {
  errorDetail = detail;
  errorOther = other;
  return code;
}
