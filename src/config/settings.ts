import { accessSync, constants } from 'node:fs';
import { z } from 'zod';

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

/** Lists every invalid setting, not just the first. */
export class InvalidConfiguration extends Error {
  override readonly name = 'InvalidConfiguration';
  /** @param problems one line each, as `SETTING: what it must be` */
  constructor(readonly problems: readonly string[]) {
    super(`The configuration is invalid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** Reads a table's settings. An empty variable counts as absent, as in most shell scripts. @throws InvalidConfiguration */
export function readSettings<Table extends SettingsTable>(
  table: Table,
  env: NodeJS.ProcessEnv,
): ValuesOf<Table> {
  const problems: string[] = [];
  const read = (entry: Setting | SettingsTable): unknown => {
    if (!(entry instanceof Setting)) {
      return Object.fromEntries(Object.entries(entry).map(([property, inner]) => [property, read(inner)]));
    }
    const parsed = entry.type.safeParse(env[entry.variable] || entry.fallback);
    for (const { message } of parsed.error?.issues ?? []) problems.push(`${entry.variable}: ${message}`);
    return parsed.data;
  };
  const values = read(table);
  if (problems.length > 0) throw new InvalidConfiguration(problems);
  return values as ValuesOf<Table>;
}

/** Reads the configuration's parts. @throws InvalidConfiguration with all their problems, each once */
export function readAll<T extends readonly (() => unknown)[]>(
  ...parts: T
): { [K in keyof T]: ReturnType<T[K]> } {
  const problems = new Set<string>();
  const values = parts.map((read) => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof InvalidConfiguration)) throw error;
      for (const problem of error.problems) problems.add(problem);
      return undefined;
    }
  });
  if (problems.size > 0) throw new InvalidConfiguration([...problems]);
  return values as { [K in keyof T]: ReturnType<T[K]> };
}

export const wholeNumber = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.string().regex(/^\d+$/, error).transform(Number).pipe(z.number().min(min, error).max(max, error));
};

/** 0 lets the operating system choose, which is useful only if the port can be found out afterwards. */
export const port = (min = 1) => wholeNumber(min, 65535);

export const milliseconds = (max = 86_400_000) => wholeNumber(0, max);

export const onOrOff = z
  .enum(['on', 'off'], { error: 'must be on or off' })
  .transform((value) => value === 'on');

export const commaSeparated = z.string().transform((list) =>
  list
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);

/** An address to which paths are appended. It may be logged, so secrets have settings of their own. */
export const plainUrl = z.string().refine((value) => {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, search, hash } = new URL(value);
  return /^https?:$/.test(protocol) && !username && !password && !search && !hash;
}, 'must be an http(s) address without credentials, query or fragment');

export const logLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
  error: 'must be one of trace, debug, info, warn, error, silent',
});

/** Whether a setting's file exists and may be read. */
export function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
