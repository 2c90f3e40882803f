// The last thing that `load` refused: one of the ERROR codes of the contracts, and what it is about.

export let errorDetail: u32 = 0;
export let errorOther: u32 = 0;

/** Keeps what the host may ask for, and returns the code. */
export function fail(code: i32, detail: u32 = 0, other: u32 = 0): i32 {
  errorDetail = detail;
  errorOther = other;
  return code;
}
