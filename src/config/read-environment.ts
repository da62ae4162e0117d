import type { z } from 'zod';

/** Names every setting that is wrong, not just the first. */
export class InvalidConfiguration extends Error {
  override readonly name = 'InvalidConfiguration';
  /** @param problems one line each, as `SETTING: what it must be` */
  constructor(readonly problems: readonly string[]) {
    super(`The configuration is wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** Parses the environment; an empty variable counts as absent, as it does in most shells' scripts. */
export function readEnvironment<T extends z.ZodType>(schema: T, env: NodeJS.ProcessEnv): z.infer<T> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new InvalidConfiguration(
    parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
  );
}

/** Reads the configuration's parts. @throws InvalidConfiguration with the problems of all of them, each once */
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
