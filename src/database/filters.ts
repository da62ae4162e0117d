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

/**
 * Whether a folded column contains a text, by an operator for which the column's trigram index is used. The text's own
 * wildcards are escaped after folding, because that turns full-width signs into plain ones.
 */
export function contains(foldedColumn: SQLWrapper, text: string): SQL {
  const literal = ['!', '%', '_'].reduce(
    (escaped, sign) => sql`replace(${escaped}, ${sql.raw(`'${sign}', '!${sign}'`)})`,
    folded(text),
  );
  return sql`${foldedColumn} like '%' || ${literal} || '%' escape '!'`;
}

/**
 * Folds a text for comparison, ignoring case and Unicode form, and independent of the database's locale. Turkish has two
 * more letters i, so a search for Istanbul may contain any of the four. The result has the collation of a column and its
 * index: they aren't used for a comparison in another one.
 */
export function folded(text: SQLWrapper | string): SQL {
  return sql`replace(upper(normalize(${text}, NFKC) collate "und-x-icu"), 'İ', 'I') collate "default"`;
}
