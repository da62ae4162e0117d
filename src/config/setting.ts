import type { z } from 'zod';

/** One setting: its environment variable, the type of its value, and the value to use if the variable is absent. */
export class Setting<T extends z.ZodType = z.ZodType> {
  constructor(
    readonly variable: string,
    readonly type: T,
    readonly fallback: string | undefined,
  ) {}
}

/** @param fallback as written in the environment */
export const setting = <T extends z.ZodType>(variable: string, type: T, fallback?: string) =>
  new Setting(variable, type, fallback);

/** Settings under the names that the code uses. Each setting is one entry of one table. */
export interface SettingsTable {
  readonly [property: string]: Setting | SettingsTable;
}

/** The values of a table's settings. */
export type ValuesOf<Table> = {
  readonly [Property in keyof Table]: Table[Property] extends Setting<infer T>
    ? z.infer<T>
    : ValuesOf<Table[Property]>;
};
