import { acceptTrip } from './book.js';
import { ask, inTurn, manyAtOnce, ms, oneAtATime } from './measure.js';
import type { BenchRoom } from './room.js';
import { recordAttempts, recordBookings } from './records.js';

const READ = 'query ($id: ID!) { booking(id: $id) { id status done result } }';
const READ_ALL = `query ($id: ID!) { booking(id: $id) {
  id userId status done createdAt result asOf source
  legs { id kind state offerId attempts lastError since earlierFailures }
  failure { code legId message } cancellation { by reason at } timeline { at legId state attempt message }
} }`;
const LIST = '{ bookings(first: 20) { nodes { id status result } } }';

/** Reads of finished bookings, relative to the smallest GraphQL query; and many readers of one running booking. */
export async function measureReads({ url, database, startWorker }: BenchRoom): Promise<void> {
  const ids = await recordBookings(database, 2000);
  let turn = 0;
  const nextId = () => ids[turn++ % ids.length];
  const rate =
    (query: string, hasId = true) =>
    () =>
      manyAtOnce(() => ask(url, query, hasId ? { id: nextId() } : {}), 50, 3000);

  await rate('{ __typename }', false)();
  await rate(READ)();
  const found = await inTurn({
    typename: rate('{ __typename }', false),
    booking: rate(READ),
    whole: rate(READ_ALL),
    list: rate(LIST, false),
  });
  const of = (value: number) => `${value.toFixed(0)} /s, ratio ${(value / found.typename).toFixed(2)}`;
  console.log(`{ __typename }             ${found.typename.toFixed(0)} /s`);
  console.log(`booking(id), four fields   ${of(found.booking)}`);
  console.log(`booking(id), all fields    ${of(found.whole)}`);
  console.log(`bookings(first: 20)        ${of(found.list)}`);
  console.log(
    `booking(id) alone          ${ms(await oneAtATime(() => ask(url, READ, { id: nextId() }), 300))}`,
  );

  await recordAttempts(database, ids.slice(-100), 1800);
  const timelines = '{ bookings(first: 100) { nodes { id timeline { at legId state attempt message } } } }';
  await ask(url, timelines);
  const start = performance.now();
  const page = await ask<unknown>(url, timelines);
  const took = performance.now() - start;
  console.log(
    `100 bookings, each with 1,800 failed attempts: ${(JSON.stringify(page).length / 1e6).toFixed(1)} MB in ${took.toFixed(0)} ms`,
  );

  const worker = await startWorker();
  const id = await acceptTrip(url, { car: 'car-down' });
  let errors = 0;
  const sources = new Map<string, number>();
  const read = async () => {
    try {
      const { booking } = await ask<{ booking: { source: string } }>(
        url,
        'query ($id: ID!) { booking(id: $id) { status source legs { state } } }',
        { id },
      );
      sources.set(booking.source, (sources.get(booking.source) ?? 0) + 1);
    } catch (error) {
      if (errors++ === 0) console.log(String(error));
    }
  };
  const crowd = await manyAtOnce(read, 500, 5000);
  const counts = [...sources].map(([source, count]) => `${count} ${source}`).join(', ');
  console.log(`500 readers of a running one   ${crowd.toFixed(0)} /s, ${errors} errors, ${counts}`);
  await worker.stop();
}
