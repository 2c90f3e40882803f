import { columnsOf } from './ink.js';
import { TEXT_COLUMNS, wrapLine } from './wrap.js';

/** A column of a table: its title, and its text for a row. */
export interface Column<Row> {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cell: (row: Row, index: number) => string | number;
}

/** A column of names. */
export function left<Row>(title: string, cell: Column<Row>['cell']): Column<Row> {
  return { title, align: 'left', cell };
}

/** A column of numbers. */
export function right<Row>(title: string, cell: Column<Row>['cell']): Column<Row> {
  return { title, align: 'right', cell };
}

/** A column with its cells as text, the title first. */
interface Laid {
  readonly align: 'left' | 'right';
  readonly cells: readonly string[];
  readonly width: number;
}

const GAP = '  ';
/** A column of text that gets less than this is not wrapped: a second table is easier to read. */
const NARROWEST = 16;

const widthOf = (laid: readonly Laid[]): number =>
  laid.reduce((sum, { width }) => sum + width, GAP.length * (laid.length - 1));

const widest = (cells: readonly string[]): number => Math.max(...cells.map(columnsOf));

/**
 * Lays out rows as lines of text under their titles: two spaces between columns, a rule below the titles. A table that
 * is wider than `width` has text in its last column wrapped; if that is not enough, its columns follow in further
 * tables, each with the first column.
 */
export function textTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], width = TEXT_COLUMNS): string[] {
  const laid = columns.map(({ title, align, cell }): Laid => {
    const cells = [title, ...rows.map((row, index) => `${cell(row, index)}`)];
    return { align, cells, width: widest(cells) };
  });
  if (widthOf(laid) <= width) return drawn(laid);
  const [first, ...others] = laid;
  const last = laid[laid.length - 1];
  const room = width - widthOf(laid.slice(0, -1)) - GAP.length;
  if (others.length > 0 && last.align === 'left' && room >= Math.max(NARROWEST, columnsOf(last.cells[0]))) {
    return drawn([...laid.slice(0, -1), { ...last, width: Math.min(last.width, room) }]);
  }
  // as many columns as fit beside the first, at least one
  let fitting = 1;
  while (fitting < others.length && widthOf([first, ...others.slice(0, fitting + 1)]) <= width) fitting++;
  const rest = others.slice(fitting);
  const head = drawn([first, ...others.slice(0, fitting)]);
  if (rest.length === 0) return head;
  const restColumns = [columns[0], ...columns.slice(1 + fitting)];
  return [...head, '', ...textTable(rows, restColumns, width)];
}

/** Returns the lines of a table with columns of these widths; wider cells of the last one are wrapped. */
function drawn(laid: readonly Laid[]): string[] {
  const padded = (text: string, { align, width }: Laid): string => {
    const space = ' '.repeat(Math.max(0, width - columnsOf(text)));
    return align === 'right' ? space + text : text + space;
  };
  const rule = laid.map(({ width }) => '─'.repeat(width)).join('──');
  const [titles, ...rows] = laid[0].cells.map((_, at) => {
    const before = laid.slice(0, -1).map((column) => padded(column.cells[at], column) + GAP);
    const last = laid[laid.length - 1];
    const [line, ...more] = wrapLine(last.cells[at], last.width, 0);
    const indent = ' '.repeat(before.reduce((sum, text) => sum + columnsOf(text), 0));
    return [before.join('') + padded(line, last), ...more.map((text) => indent + text)];
  });
  return [...titles, rule, ...rows.flat()].map((line) => line.trimEnd());
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of at most `width` characters, drawn to an eighth of a character. */
export function textBar(fraction: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, fraction)) * width * 8);
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}
