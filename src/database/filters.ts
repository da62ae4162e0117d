import { sql, type SQL, type SQLWrapper } from 'drizzle-orm';

/** The filters of a list, each with its condition. */
export type Filters = Readonly<Record<string, (value: never) => SQL>>;

/** The values to filter by. A new filter is one line of its table. */
export type FilterOf<Table extends Filters> = {
  readonly [Name in keyof Table]?: Parameters<Table[Name]>[0] | undefined;
};

export function conditionsOf<Table extends Filters>(table: Table, values: FilterOf<Table> = {}): SQL[] {
  return Object.entries(table).flatMap(([name, conditionFor]) => {
    const value: unknown = values[name];
    return value === undefined ? [] : [conditionFor(value as never)];
  });
}

/** Whether a column contains a text. Not `ilike`, which treats % and _ as wildcards. */
export function contains(column: SQLWrapper, text: string): SQL {
  return sql`strpos(${folded(column)}, ${folded(text)}) > 0`;
}

/**
 * Folds a text for comparison, ignoring case and Unicode form, and independent of the database's locale. Turkish has two
 * more letters i, so a search for Istanbul may contain any of the four.
 */
function folded(text: SQLWrapper | string): SQL {
  return sql`replace(upper(normalize(${text}, NFKC) collate "und-x-icu"), 'İ', 'I')`;
}
