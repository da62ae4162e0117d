import { DatabaseError } from 'pg';
import { describe, expect, test } from 'vitest';
import { isDatabaseAway, orUnavailable } from '../../src/database/errors.js';
import { DatabaseUnavailable } from '../../src/model/service-unavailable.js';

const sqlState = (code: string) => Object.assign(new DatabaseError('…', 1, 'error'), { code });
const nodeError = (code: string) => Object.assign(new Error('…'), { code });
const wrapped = (cause: unknown) => new Error('Failed query: select …', { cause });

describe('it passes by itself', () => {
  test.each([
    ['the connection broke', sqlState('08006')],
    ['a server that only reads', sqlState('25006')],
    ['a serialization failure', sqlState('40001')],
    ['a deadlock', sqlState('40P01')],
    ['no memory', sqlState('53200')],
    ['too many connections', sqlState('53300')],
    ['a lock that was not to be had', sqlState('55P03')],
    ['a statement that took too long', sqlState('57014')],
    ['a shutdown', sqlState('57P01')],
    ['a crash', sqlState('57P02')],
    ['a server that is starting', sqlState('57P03')],
    ['nobody listens', nodeError('ECONNREFUSED')],
    ['a reset', nodeError('ECONNRESET')],
    ['a broken pipe', nodeError('EPIPE')],
    ['no answer', nodeError('ETIMEDOUT')],
    ['no such host', nodeError('ENOTFOUND')],
    ['no name server', nodeError('EAI_AGAIN')],
    ['no route to the host', nodeError('EHOSTUNREACH')],
    ['no route to its network', nodeError('ENETUNREACH')],
    ['no such socket', nodeError('ENOENT')],
    ['the driver’s word for a lost connection', new Error('Connection terminated unexpectedly')],
    ['for a full pool', new Error('timeout exceeded when trying to connect')],
    ['for a slow answer', new Error('Query read timeout')],
    ['for a dead client', new Error('Client has encountered a connection error and is not queryable')],
    ['several addresses, one of which nobody listens at', new AggregateError([nodeError('ECONNREFUSED')])],
    ['wrapped by drizzle', wrapped(sqlState('57P01'))],
    ['wrapped twice', wrapped(wrapped(nodeError('ECONNREFUSED')))],
  ])('%s', (_, error) => expect(isDatabaseAway(error)).toBe(true));
});

describe('it is a bug, and stays one', () => {
  test.each([
    ['a constraint', sqlState('23505')],
    ['no such table', sqlState('42P01')],
    ['not a number', sqlState('22P02')],
    ['a wrong password', sqlState('28P01')],
    ['no such database', sqlState('3D000')],
    ['a pool that was closed', new Error('Cannot use a pool after calling end on the pool')],
    ['an error of ours', new TypeError('undefined is not a function')],
    ['wrapped by drizzle', wrapped(sqlState('42P01'))],
    ['what is no error', 'ECONNREFUSED'],
    ['nothing', undefined],
  ])('%s', (_, error) => expect(isDatabaseAway(error)).toBe(false));
});

test('a use of the database that fails for its absence says so in our own terms, with the cause', async () => {
  const cause = sqlState('57P01');
  const use = orUnavailable(() => Promise.reject(cause));
  await expect(use).rejects.toThrow(DatabaseUnavailable);
  await expect(use).rejects.toMatchObject({ cause });
});

test('any other error comes through as it is, and so does an answer', async () => {
  const bug = sqlState('42P01');
  await expect(orUnavailable(() => Promise.reject(bug))).rejects.toBe(bug);
  expect(await orUnavailable(async () => 1)).toBe(1);
});
