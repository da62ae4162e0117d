import { z } from 'zod';

export const wholeNumber = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.string().regex(/^\d+$/, error).transform(Number).pipe(z.number().min(min, error).max(max, error));
};

/** 0 lets the system choose, which only serves whoever can tell the port afterwards. */
export const port = (min = 1) => wholeNumber(min, 65535);

export const milliseconds = (max = 86_400_000) => wholeNumber(0, max);

export const onOrOff = z
  .enum(['on', 'off'], { error: 'must be on or off' })
  .transform((said) => said === 'on');

export const logLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
  error: 'must be one of trace, debug, info, warn, error, silent',
});
