import { pino } from 'pino';
import { describe, expect, test, vi } from 'vitest';
import { createReader } from '../../src/api/booking/read.js';
import type { BookingRecord } from '../../src/model/booking.js';
import { DatabaseUnavailable } from '../../src/model/service-unavailable.js';
import { anOrder, aRecord } from '../support/trips.js';

const ORDER = anOrder();
const ROW = aRecord(ORDER, {
  runId: 'run-1',
  version: 3,
  status: 'BOOKING',
  recordedAt: '2026-01-01T00:00:02.000Z',
});
/** Accepted, and not claimed by any run yet. */
const { runId: _, ...UNCLAIMED } = ROW;
const CALL_OFF = { by: 'anonymous', at: '2026-01-01T00:00:01.000Z' };
const ATTEMPTS = { legId: 'car', count: 0, latest: [] };

function readerOver(row: BookingRecord | undefined, live?: BookingRecord) {
  const find = vi.fn(async () => row);
  const ask = vi.fn(async () => live);
  const of = vi.fn(async () => new Map([[ROW.id, [ATTEMPTS]]]));
  const logger = pino({ level: 'silent' });
  const reader = createReader({ wishes: { find }, engine: { ask }, attempts: { of }, logger });
  return { find, ask, of, ...reader, read: (id = ROW.id) => reader.read(id) };
}

describe('law 15: a run’s answer', () => {
  test.each([
    ['as far as the record', ROW],
    ['ahead of the record', { ...ROW, version: 4, status: 'CONFIRMED' as const }],
  ])('is used if the run owns the record and is %s', async (_what, live) => {
    const reading = await readerOver(ROW, live).read();
    expect(reading).toMatchObject({ source: 'LIVE', record: live, attempts: [ATTEMPTS] });
  });

  test.each([
    ['a run other than the record’s', { ...ROW, runId: 'run-0', version: 9, status: 'CONFIRMED' as const }],
    ['an older version than the record’s', { ...ROW, version: 2, status: 'PENDING' as const }],
    ['no claim', UNCLAIMED],
    ['no answer', undefined],
  ])('is ignored with %s', async (_what, live) => {
    const reading = await readerOver(ROW, live).read();
    expect(reading).toEqual({ source: 'RECORD', record: ROW, asOf: ROW.recordedAt, attempts: [ATTEMPTS] });
  });
});

test('law 11: a wish that the run has not read yet is merged into its answer', async () => {
  const reading = await readerOver({ ...ROW, callOff: CALL_OFF }, { ...ROW, version: 4 }).read();
  expect(reading).toMatchObject({ source: 'LIVE', record: { version: 4, callOff: CALL_OFF } });
});

describe('the record alone is used, and no run is queried, for a booking that', () => {
  test.each<[string, BookingRecord]>([
    ['is confirmed', { ...ROW, status: 'CONFIRMED' }],
    ['is cancelled', { ...ROW, status: 'CANCELLED', undoing: true }],
    ['was called off and is cancelled', { ...ROW, status: 'CANCELLED', undoing: true, callOff: CALL_OFF }],
    ['was never claimed', { ...UNCLAIMED, status: 'PENDING' }],
  ])('%s', async (_what, row) => {
    const { ask, of, read } = readerOver(row, { ...row, status: 'BOOKING', version: 9 });
    expect(await read()).toEqual({ source: 'RECORD', record: row, asOf: ROW.recordedAt });
    expect(ask).not.toHaveBeenCalled();
    expect(of).not.toHaveBeenCalled();
  });
});

test('a confirmed booking that was called off is under way again, so its run is queried', async () => {
  const { ask, read } = readerOver({ ...ROW, status: 'CONFIRMED', callOff: CALL_OFF });
  await read();
  expect(ask).toHaveBeenCalledOnce();
});

test('asOf is the time of the saga’s last write, or of the call-off if that is later', async () => {
  const late = { ...CALL_OFF, at: '2026-01-01T00:00:09.000Z' };
  expect((await readerOver({ ...ROW, callOff: CALL_OFF }).read())?.asOf).toBe(ROW.recordedAt);
  expect((await readerOver({ ...ROW, callOff: late }).read())?.asOf).toBe(late.at);
  const { recordedAt: __, ...unwritten } = ROW;
  expect((await readerOver(unwritten).read())?.asOf).toBe(ROW.acceptedAt);
});

test('failed attempts are omitted while they can’t be read', async () => {
  const { of, read } = readerOver(ROW, ROW);
  of.mockRejectedValue(new DatabaseUnavailable());
  const reading = await read();
  expect(reading).toMatchObject({ source: 'LIVE' });
  expect(reading).not.toHaveProperty('attempts');
});

test('a close read includes the failed attempts of a booking that is done', async () => {
  const { readClosely } = readerOver({ ...ROW, status: 'CONFIRMED' });
  expect(await readClosely(ROW.id)).toMatchObject({ source: 'RECORD', attempts: [ATTEMPTS] });
});

test('readRecord returns the record alone, even if the run is ahead of it', async () => {
  const { ask, of, readRecord } = readerOver(ROW, { ...ROW, version: 4, status: 'CONFIRMED' });
  expect(await readRecord(ROW.id)).toEqual({ source: 'RECORD', record: ROW, asOf: ROW.recordedAt });
  expect(ask).not.toHaveBeenCalled();
  expect(of).not.toHaveBeenCalled();
});

test('if querying the run fails with a bug, the record is returned', async () => {
  const { ask, read } = readerOver(ROW);
  ask.mockRejectedValue(new TypeError('a bug of ours'));
  expect(await read()).toMatchObject({ source: 'RECORD', record: ROW });
});

test.each(['', 'x'.repeat(201), 'half-\ud83d', 'a\0b'])(
  'an id that no booking can have is unknown, and nothing is read: %#',
  async (id) => {
    const { find, read } = readerOver(ROW);
    expect(await read(id)).toBeUndefined();
    expect(find).not.toHaveBeenCalled();
  },
);
