import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSagaRoom, type SagaRoom } from '../support/saga-room.js';
import { connect, follow, serveSubscriptions } from './fixtures/subscriptions.js';

let room: SagaRoom;
beforeAll(async () => {
  room = await openSagaRoom({ watchmanRoundMs: 100 });
});
afterAll(() => room.close());

test('a thousand followers of one booking see its end, at the cost of a few reads', async () => {
  const hotel = room.holdUp('reserve', 'thousand-hotel-down-0');
  const trip = await room.book({ hotel: 'thousand-hotel-down-0' });
  await hotel.arrived;
  const { url, find } = await serveSubscriptions(room);
  const clients = Array.from({ length: 25 }, () => connect(url));
  const followed = clients.flatMap((client) => Array.from({ length: 40 }, () => follow(client, trip.id)));
  const waiting = () => followed.filter(({ updates }) => updates.length === 0);
  await Promise.race([
    expect.poll(() => waiting().length).toBe(0),
    // Rejects if the socket of a follower is closed.
    Promise.all(followed.map(({ completed }) => completed)),
  ]);
  hotel.letGo();
  const ends = await Promise.all(followed.map(({ completed }) => completed));

  expect(ends).toHaveLength(1000);
  for (const updates of ends) expect(updates.at(-1)).toMatchObject({ status: 'CONFIRMED', done: true });
  expect(find.mock.calls.length).toBeLessThan(50);
});
