import { z } from 'zod';

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
