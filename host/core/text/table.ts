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

/** Lays out rows as lines of text under their titles: two spaces between columns, a rule below the titles. */
export function textTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string[] {
  const laid = columns.map(({ title, align, cell }) => {
    const cells = [title, ...rows.map((row, index) => `${cell(row, index)}`)];
    const width = Math.max(...cells.map((text) => text.length));
    return { width, cells: cells.map((text) => (align === 'right' ? text.padStart(width) : text.padEnd(width))) };
  });
  const rule = laid.map(({ width }) => '─'.repeat(width)).join('──');
  const line = (at: number): string =>
    laid
      .map(({ cells }) => cells[at])
      .join('  ')
      .trimEnd();
  return [line(0), rule, ...rows.map((_, index) => line(index + 1))];
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of at most `width` characters, drawn to an eighth of a character. */
export function textBar(fraction: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, fraction)) * width * 8);
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}
