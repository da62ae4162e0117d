import { sql, type SQL, type SQLWrapper } from 'drizzle-orm';

/**
 * A text as searches compare it, whatever its case and its Unicode form, and whatever the database's own locale. Turkish has
 * two more letters i; whoever searches for Istanbul has typed one of the four.
 */
export function folded(text: SQLWrapper | string): SQL {
  return sql`replace(upper(normalize(${text}, NFKC) collate "und-x-icu"), 'İ', 'I')`;
}

/** Whether a column contains a text. Not `ilike`, to which % and _ are wildcards. */
export function contains(column: SQLWrapper, text: string): SQL {
  return sql`strpos(${folded(column)}, ${folded(text)}) > 0`;
}
