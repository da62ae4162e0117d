import { DatabaseError } from 'pg';
import { describe, expect, test } from 'vitest';
import { isDatabaseAway, orUnavailable } from '../../src/database/errors.js';
import { DatabaseUnavailable } from '../../src/model/service-unavailable.js';

const sqlState = (code: string) => Object.assign(new DatabaseError('…', 1, 'error'), { code });
const nodeError = (code: string) => Object.assign(new Error('…'), { code });
const wrapped = (cause: unknown) => new Error('Failed query: select …', { cause });

describe('a transient error', () => {
  test.each([
    ['a broken connection', sqlState('08006')],
    ['a read-only server', sqlState('25006')],
    ['a serialization failure', sqlState('40001')],
    ['a deadlock', sqlState('40P01')],
    ['out of memory', sqlState('53200')],
    ['too many connections', sqlState('53300')],
    ['a lock that was unavailable', sqlState('55P03')],
    ['a statement timeout', sqlState('57014')],
    ['a shutdown', sqlState('57P01')],
    ['a crash', sqlState('57P02')],
    ['a server that is starting up', sqlState('57P03')],
    ['connection refused', nodeError('ECONNREFUSED')],
    ['connection reset', nodeError('ECONNRESET')],
    ['a broken pipe', nodeError('EPIPE')],
    ['a connection timeout', nodeError('ETIMEDOUT')],
    ['unknown host', nodeError('ENOTFOUND')],
    ['no name server response', nodeError('EAI_AGAIN')],
    ['no route to the host', nodeError('EHOSTUNREACH')],
    ['no route to its network', nodeError('ENETUNREACH')],
    ['no such socket', nodeError('ENOENT')],
    ['the driver’s error for a lost connection', new Error('Connection terminated unexpectedly')],
    ['its error for an exhausted pool', new Error('timeout exceeded when trying to connect')],
    ['its error for a query timeout', new Error('Query read timeout')],
    [
      'its error for a broken client',
      new Error('Client has encountered a connection error and is not queryable'),
    ],
    ['several addresses, one of which refuses connections', new AggregateError([nodeError('ECONNREFUSED')])],
    ['wrapped by drizzle', wrapped(sqlState('57P01'))],
    ['wrapped twice', wrapped(wrapped(nodeError('ECONNREFUSED')))],
  ])('%s', (_, error) => expect(isDatabaseAway(error)).toBe(true));
});

describe('a bug', () => {
  test.each([
    ['a constraint violation', sqlState('23505')],
    ['no such table', sqlState('42P01')],
    ['an invalid number', sqlState('22P02')],
    ['a wrong password', sqlState('28P01')],
    ['no such database', sqlState('3D000')],
    ['a closed pool', new Error('Cannot use a pool after calling end on the pool')],
    ['our own error', new TypeError('undefined is not a function')],
    ['wrapped by drizzle', wrapped(sqlState('42P01'))],
    ['a value that is not an error', 'ECONNREFUSED'],
    ['nothing', undefined],
  ])('%s', (_, error) => expect(isDatabaseAway(error)).toBe(false));
});

test('a call that fails because the database is unavailable throws our own error, with the cause', async () => {
  const cause = sqlState('57P01');
  const use = orUnavailable(() => Promise.reject(cause));
  await expect(use).rejects.toThrow(DatabaseUnavailable);
  await expect(use).rejects.toMatchObject({ cause });
});

test('any other error is passed through unchanged, and so is a result', async () => {
  const bug = sqlState('42P01');
  await expect(orUnavailable(() => Promise.reject(bug))).rejects.toBe(bug);
  expect(await orUnavailable(async () => 1)).toBe(1);
});
