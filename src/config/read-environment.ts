import { Setting, type SettingsTable, type ValuesOf } from './setting.js';

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
