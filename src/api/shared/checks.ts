import { z } from 'zod';
import { InvalidQuery } from './errors.js';
import { InvalidInputError, type UserError } from './user-errors.js';

export const range = (what: string, min: number, max: number) => {
  const message = `${what} must be between ${min} and ${max}.`;
  return z.number({ error: message }).min(min, message).max(max, message);
};

export const wholeNumber = (what: string, min: number, max: number) =>
  range(what, min, max).int(`${what} must be a whole number.`);

interface Length {
  readonly min?: number;
  readonly max: number;
}

/** A list whose items are looked at only if their number is allowed, so that a long one isn't answered with as many errors. */
export const listOf = <T extends z.ZodType>(item: T, { min = 0, max }: Length, message: string) =>
  z.array(z.unknown()).min(min, message).max(max, message).pipe(z.array(item));

/** GraphQL distinguishes an omitted argument from a null one; we don't. */
export const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => value ?? undefined);

export type Checked<T, E extends UserError = InvalidInputError> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errors: readonly E[] };

/** Checks a mutation's `input` and returns all errors, one for each invalid field. */
export function checkInput<S extends z.ZodType>(schema: S, input: unknown): Checked<z.infer<S>> {
  const checked = schema.safeParse(input);
  return checked.success
    ? { ok: true, value: checked.data }
    : { ok: false, errors: toInvalidInputs(checked.error) };
}

/** Checks a query's arguments. @throws InvalidQuery */
export function checkQuery<S extends z.ZodType>(schema: S, query: unknown): z.infer<S> {
  const checked = schema.safeParse(query);
  if (!checked.success) throw new InvalidQuery(checked.error.issues.map(({ message }) => message).join(' '));
  return checked.data;
}

function toInvalidInputs(error: z.ZodError): InvalidInputError[] {
  const first = new Map<string, InvalidInputError>();
  for (const { path, message } of error.issues) {
    const field = ['input', ...path.map(String)];
    const key = field.join('.');
    if (!first.has(key)) first.set(key, new InvalidInputError(message, field));
  }
  return [...first.values()];
}
