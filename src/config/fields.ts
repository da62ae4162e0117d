import { z } from 'zod';

export const wholeNumber = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.string().regex(/^\d+$/, error).transform(Number).pipe(z.number().min(min, error).max(max, error));
};

/** 0 lets the system choose, which only serves whoever can tell the port afterwards. */
export const port = (fallback: number, min = 1) => wholeNumber(min, 65535).default(fallback);

/** Milliseconds. */
export const milliseconds = (fallback: number, max = 86_400_000) => wholeNumber(0, max).default(fallback);

export const logLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
  error: 'must be one of trace, debug, info, warn, error, silent',
});

export const commonFields = {
  /** `production` turns introspection and the landing page off. */
  NODE_ENV: z.string().optional(),
  LOG_LEVEL: logLevel.default('info'),
};
