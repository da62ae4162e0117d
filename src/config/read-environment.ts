import type { z } from 'zod';

/** Names every setting that is wrong, not just the first. */
export class InvalidConfiguration extends Error {
  override readonly name = 'InvalidConfiguration';
}

/** Parses the environment; an empty variable counts as absent, as it does in most shells' scripts. */
export function readEnvironment<T extends z.ZodType>(schema: T, env: NodeJS.ProcessEnv): z.infer<T> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new InvalidConfiguration(`The configuration is wrong:\n${lines.join('\n')}`);
}
