import type { SQL } from 'drizzle-orm';

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
