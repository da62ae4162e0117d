import { ApplicationFailure } from '@temporalio/common';
import { DrizzleQueryError } from 'drizzle-orm';
import { DatabaseError } from 'pg';
import { expect, test } from 'vitest';
import { createLogger } from '../../src/main/logger.js';
import { SupplierRefused } from '../../src/worker/suppliers/supplier.port.js';

interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly stack: string;
  readonly code?: string;
  readonly cause?: LoggedError;
}

function open() {
  const lines: string[] = [];
  const logger = createLogger('test', 'trace', { write: (line) => void lines.push(line) });
  return {
    logger,
    text: () => lines.join(''),
    last: () => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown> & { readonly err: LoggedError },
  };
}

/** As PostgreSQL reports a row that violates a constraint. */
function databaseError(): DatabaseError {
  const error = new DatabaseError('new row violates check constraint "one"', 100, 'error');
  return Object.assign(error, {
    code: '23514',
    detail: 'Failing row contains (Zzyzx).',
    where: 'COPY bookings, line 1: "Zzyzx"',
  });
}

test('an error is logged with its type, message, code and frames, and so are its causes', () => {
  const { logger, last } = open();
  const cause = Object.assign(new TypeError('the cause'), { code: 'ECODE' });
  logger.error({ err: new Error('what failed', { cause }), requestId: 'r' }, 'unexpected error');
  const { err, ...fields } = last();
  expect(fields).toMatchObject({ level: 50, name: 'test', requestId: 'r', msg: 'unexpected error' });
  expect(err).toMatchObject({ type: 'Error', message: 'what failed' });
  expect(err.stack).toMatch(/^Error: what failed\n {4}at .*logger\.test\.ts/);
  expect(err.cause).toMatchObject({ type: 'TypeError', message: 'the cause', code: 'ECODE' });
});

test.each([
  ['a row in PostgreSQL’s error', databaseError()],
  [
    'parameters of a query',
    new DrizzleQueryError('select $1', ['Ada\n    at Zzyzx (a.ts:1:1)'], databaseError()),
  ],
  ['a supplier’s refusal', new SupplierRefused('Ms Zzyzx\n    at Zzyzx (a.ts:1:1)')],
  [
    'the failure of an activity, and what caused it',
    ApplicationFailure.create({
      message: 'Zzyzx is banned',
      type: 'SUPPLIER_OUTCOME_UNKNOWN',
      details: ['Zzyzx'],
      cause: new TypeError('Zzyzx is not a function'),
    }),
  ],
  [
    'an error within another one',
    new Error('the step failed', { cause: new SupplierRefused('Zzyzx is banned') }),
  ],
  ['one of several errors', new AggregateError([databaseError(), new SupplierRefused('Zzyzx')], 'several')],
])('a name is not logged with %s', (_, err) => {
  const { logger, text } = open();
  logger.error({ err }, 'unexpected error');
  logger.warn({ error: err }, 'Activity failed');
  expect(text()).not.toMatch(/zzyzx/i);
  expect(text()).toMatch(/logger\.test\.ts/);
});

test('a failure that isn’t a supplier’s keeps its message', () => {
  const { logger, last } = open();
  const err = ApplicationFailure.nonRetryable('The record of trip-1 belongs to another run.', 'Zombie');
  logger.warn({ err }, 'Activity failed');
  expect(last().err.message).toBe('The record of trip-1 belongs to another run.');
  logger.warn({ err: new DrizzleQueryError('select $1', ['Zzyzx']) }, 'failed');
  expect(last().err.message).toBe('Failed query: select $1');
});

const JWT = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl';

test.each([
  ['in a header', { headers: { authorization: `Basic ${btoa('ada:secret-part')}`, cookie: 'secret-part' } }],
  ['in a request’s header', { request: { headers: { authorization: 'secret-part' } } }],
  ['in a field', { token: 'secret-part', config: { apiKey: 'secret-part', password: 'secret-part' } }],
  ['in an error', { err: new Error(`rejected Bearer secret-part/+=, ${JWT}`) }],
  ['in a text', { reason: `bearer secret-part and ${JWT}` }],
])('a token is not logged %s', (_, fields) => {
  const { logger, text, last } = open();
  logger.trace(fields, `got Bearer secret-part and ${JWT}`);
  expect(text()).not.toMatch(/secret-part|c2lnbmF0dXJl|eyJ/);
  expect(text()).not.toContain(btoa('ada:secret-part'));
  expect(last()['msg']).toBe('got [redacted] and [redacted]');
});
