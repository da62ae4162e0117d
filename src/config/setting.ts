import type { z } from 'zod';

/** One setting: the variable that gives it, what that must be, and what it is taken to say where it is absent. */
export class Setting<T extends z.ZodType = z.ZodType> {
  constructor(
    readonly variable: string,
    readonly type: T,
    readonly fallback: string | undefined,
  ) {}
}

/** @param fallback as one would write it into the environment */
export const setting = <T extends z.ZodType>(variable: string, type: T, fallback?: string) =>
  new Setting(variable, type, fallback);

/** Settings under the names that the program has for them. A setting is one entry of one table. */
export interface SettingsTable {
  readonly [property: string]: Setting | SettingsTable;
}

/** What a table's settings are once they are read. */
export type ValuesOf<Table> = {
  readonly [Property in keyof Table]: Table[Property] extends Setting<infer T>
    ? z.infer<T>
    : ValuesOf<Table[Property]>;
};
