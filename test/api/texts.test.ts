import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OffersDocument, SettleUndoDocument } from '../../src/client/generated.js';
import { offers } from '../../src/database/tables.js';
import { request } from '../support/graphql-client.js';
import { anOffer } from '../support/offers.js';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { startTestApi, type TestApi } from './fixtures/api.js';
import { clientOf, type ApiClient } from './fixtures/client.js';

const COMPOSED = 'José Núñez';
const DECOMPOSED = COMPOSED.normalize('NFD');
const FAMILY = '👨‍👩‍👧‍👦';

let room: SagaRoom;
let api: TestApi;
let client: ApiClient;
beforeAll(async () => {
  room = await openSagaRoom();
  api = await startTestApi({ room });
  client = clientOf(api);
});
afterAll(async () => {
  await api.stop();
  await room.close();
});

const bookedAs = async (name: string) => {
  const { booking } = await client.book({ name });
  return (await room.trip(booking!.id).record()).order.name;
};

describe('a traveller', () => {
  test.each([
    ['with a Persian name', 'علی‌رضا'],
    ['with a Sinhala name', 'ශ්‍රී'],
    ['with a family emoji', `The Doe ${FAMILY}`],
    ['with a Scottish flag', 'Ross 🏴󠁧󠁢󠁳󠁣󠁴󠁿'],
  ])('%s is booked under the name as typed', async (_who, name) => {
    expect(await bookedAs(name)).toBe(name);
  });

  test('is booked in NFC, without the invisible marks of a paste', async () => {
    expect(await bookedAs(`\ufeff${DECOMPOSED}\u200e `)).toBe(COMPOSED);
  });

  test('gets an error that says what is wrong with a name, and where', async () => {
    const { booking, userErrors } = await client.book({ name: 'John\u202eeoD' });
    expect(booking).toBeNull();
    expect(userErrors).toMatchObject([
      {
        code: 'INVALID_INPUT',
        field: ['input', 'name'],
        message:
          'The name must not contain a character that changes the text direction (U+202E, at position 5).',
      },
    ]);
  });
});

describe('under an idempotency key', () => {
  test('law 7: a name in another Unicode form, or with the invisible marks of a paste, is the same request', async () => {
    const idempotencyKey = 'forms';
    const first = await client.book({ idempotencyKey, name: COMPOSED });
    for (const name of [DECOMPOSED, ` ${DECOMPOSED}\u200f`]) {
      const again = await client.book({ idempotencyKey, name });
      expect(again).toMatchObject({ replayed: true, booking: { id: first.booking?.id }, userErrors: [] });
    }
  });

  test('law 7: a name in another case is another request', async () => {
    const idempotencyKey = 'cases';
    await client.book({ idempotencyKey, name: COMPOSED });
    const { userErrors } = await client.book({ idempotencyKey, name: COMPOSED.toUpperCase() });
    expect(userErrors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);
  });

  test('law 7: offer ids and keys are compared byte for byte', async () => {
    const composed = { idempotencyKey: 'ü', car: 'valid-car-id é' };
    const first = await client.book(composed);
    const { userErrors } = await client.book({ ...composed, car: composed.car.normalize('NFD') });
    expect(userErrors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);
    const other = await client.book({ ...composed, idempotencyKey: 'ü'.normalize('NFD') });
    expect(other.replayed).toBe(false);
    expect(other.booking?.id).not.toBe(first.booking?.id);
    expect((await client.book({ ...composed, idempotencyKey: ' ü' })).userErrors).toMatchObject([
      { field: ['input', 'idempotencyKey'] },
    ]);
  });
});

describe('a call-off', () => {
  test('may have a reason with several lines and emoji, which all readers see', async () => {
    const { booking } = await client.book();
    const trip = room.trip(booking!.id);
    await trip.end();
    const { userErrors } = await client.cancel({ id: trip.id, reason: `the dog\r\nis ill ${FAMILY}\n` });
    expect(userErrors).toEqual([]);
    await trip.end();
    expect(await client.read(trip.id)).toMatchObject({
      status: 'CANCELLED',
      cancellation: { reason: `the dog\nis ill ${FAMILY}` },
      failure: { message: `Called off by anonymous: the dog\nis ill ${FAMILY}` },
    });
  });

  test('may have a reason of five hundred emoji', async () => {
    const { booking } = await client.book();
    const { booking: cancelled } = await client.cancel({ id: booking!.id, reason: '🐕'.repeat(500) });
    expect(cancelled?.cancellation?.reason).toBe('🐕'.repeat(500));
    await room.trip(booking!.id).end();
  });
});

test.each(['phoned Ms José,\nshe freed it', '🐕'.repeat(500)])(
  'an operator’s note may have several lines and emoji: %s',
  async (note) => {
    const trip = await room.book({ car: 'car-undo-down', flight: 'invalid', policy: { undoAttempts: 1 } });
    await trip.is('NEEDS_ATTENTION');
    const input = { id: trip.id, legId: 'car', note: note.normalize('NFD') };
    const { data } = await request(api.url, SettleUndoDocument, { input });
    expect(data?.settleUndo.userErrors).toEqual([]);
    await trip.end();
    const message = (await client.read(trip.id))?.timeline.at(-1)?.message;
    const whole = `Settled by hand by anonymous: ${note}`;
    expect(message).toBe([...whole].slice(0, 500).join(''));
  },
);

describe('a search ignores case and form', () => {
  test.each(['josé núñez', DECOMPOSED.toUpperCase(), 'NÚ', `jose\u0301\u200e`])(
    'of names: %s',
    async (text) => {
      const { booking } = await client.book({ name: COMPOSED });
      const found = await client.list({ filter: { text } });
      expect(found.map(({ id }) => id)).toContain(booking?.id);
    },
  );

  test('of names, and excludes what doesn’t match', async () => {
    const { booking } = await client.book({ name: 'Jose Nunez' });
    const found = await client.list({ filter: { text: COMPOSED } });
    expect(found.map(({ id }) => id)).not.toContain(booking?.id);
  });

  test.each(['malmö', 'MALMO\u0308'])('of places: %s', async (place) => {
    const offer = anOffer({ id: `car-${place}`, place: 'Malmo\u0308' });
    await room.database.drizzle.insert(offers).values(offer);
    const { data } = await request(api.url, OffersDocument, { kind: 'CAR', filter: { places: [place] } });
    expect(data?.offers.nodes.map(({ id }) => id)).toContain(offer.id);
  });
});
