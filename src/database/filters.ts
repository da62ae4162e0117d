import { sql, type SQL, type SQLWrapper } from 'drizzle-orm';

/** What may be asked of the rows of a list, each with the condition that then has to hold. */
export type Filters = Readonly<Record<string, (value: never) => SQL>>;

/** What is asked. A new filter is one line of its table. */
export type FilterOf<Table extends Filters> = {
  readonly [Name in keyof Table]?: Parameters<Table[Name]>[0] | undefined;
};

export function conditionsOf<Table extends Filters>(table: Table, asked: FilterOf<Table> = {}): SQL[] {
  return Object.entries(table).flatMap(([name, conditionFor]) => {
    const value: unknown = asked[name];
    return value === undefined ? [] : [conditionFor(value as never)];
  });
}

/** Whether a column contains a text. Not `ilike`, to which % and _ are wildcards. */
export function contains(column: SQLWrapper, text: string): SQL {
  return sql`strpos(${folded(column)}, ${folded(text)}) > 0`;
}

/**
 * A text as searches compare it, whatever its case and its Unicode form, and whatever the database's own locale. Turkish has
 * two more letters i; whoever searches for Istanbul has typed one of the four.
 */
function folded(text: SQLWrapper | string): SQL {
  return sql`replace(upper(normalize(${text}, NFKC) collate "und-x-icu"), 'İ', 'I')`;
}
