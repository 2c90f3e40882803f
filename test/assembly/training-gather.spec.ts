import { gatherRows, gatherRowsOnto } from '../../assembly/training/gather';

const ROWS = 9;

/** Row `row` of a table of `vectors` · 4 columns: whole numbers, so that every order of addition gives the same sum. */
function entry(row: i32, column: i32): f32 {
  return <f32>((row * 37 + column * 11) % 101);
}

function table(vectors: i32): usize {
  const columns = vectors << 2;
  const at = heap.alloc(ROWS * columns * 4);
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < columns; column++) {
      store<f32>(at + ((row * columns + column) << 2), entry(row, column));
    }
  }
  return at;
}

/** Rows 1, 4, 4 and, with a base that is one row further, 7 and 2. */
function ranges(rows: usize, rowBytes: i32, valued: bool): usize {
  const named: StaticArray<i32> = [1, 4, 4, 6, 1];
  const size = valued ? 8 : 4;
  const list = heap.alloc(named.length * size);
  for (let k = 0; k < named.length; k++) {
    store<i32>(list + k * size, named[k] * rowBytes);
    if (valued) store<f32>(list + k * size, <f32>(k + 1), 4);
  }
  const at = heap.alloc(36);
  store<usize>(at, list);
  store<usize>(at, list + 3 * size, 4);
  store<usize>(at, rows, 8);
  // a range without rows
  store<usize>(at, list, 12);
  store<usize>(at, list, 16);
  store<usize>(at, 0, 20);
  store<usize>(at, list + 3 * size, 24);
  store<usize>(at, list + 5 * size, 28);
  store<usize>(at, rows + rowBytes, 32);
  return at;
}

function expected(column: i32, valued: bool): f32 {
  const rows: StaticArray<i32> = [1, 4, 4, 7, 2];
  let sum: f32 = 0;
  for (let k = 0; k < rows.length; k++) sum += entry(rows[k], column) * (valued ? <f32>(k + 1) : 1);
  return sum;
}

function factor(value: f32): usize {
  const at = heap.alloc(4);
  store<f32>(at, value);
  return at;
}

function wrongColumns(vectors: i32, valued: bool): i32 {
  const columns = vectors << 2;
  const rows = table(vectors);
  const three = ranges(rows, columns << 2, valued);
  const target = heap.alloc((columns + 1) << 2);
  store<f32>(target + (columns << 2), 12345);
  gatherRows(valued, vectors, three, 3, factor(0.5), target);
  let wrong = 0;
  for (let column = 0; column < columns; column++) {
    if (load<f32>(target + (column << 2)) !== expected(column, valued) / 2) wrong++;
  }
  gatherRowsOnto(valued, vectors, three, 3, factor(2), target);
  for (let column = 0; column < columns; column++) {
    if (load<f32>(target + (column << 2)) !== expected(column, valued) * 2.5) wrong++;
  }
  if (load<f32>(target + (columns << 2)) !== 12345) wrong++;
  return wrong;
}

describe('the sum of listed rows', () => {
  it('adds each row as often as it is listed, at every width', () => {
    for (let vectors = 1; vectors <= 30; vectors++) expect(wrongColumns(vectors, false)).toBe(0);
  });

  it('multiplies rows by their values, at every width', () => {
    for (let vectors = 1; vectors <= 30; vectors++) expect(wrongColumns(vectors, true)).toBe(0);
  });
});
