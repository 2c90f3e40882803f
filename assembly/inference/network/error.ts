// The two numbers of the last error of `load`; contracts/kernel.mjs explains them for each error.

export let errorDetail: u32 = 0;
export let errorOther: u32 = 0;

/** Keeps the numbers for `query`, and returns the code. */
export function fail(code: i32, detail: u32 = 0, other: u32 = 0): i32 {
  errorDetail = detail;
  errorOther = other;
  return code;
}
