import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  BookingsDocument,
  BookVacationDocument,
  CancelBookingDocument,
  OffersDocument,
  type LegKind,
} from '../../src/client/generated.js';
import { createSandboxSupplier } from '../../src/worker/suppliers/sandbox/sandbox-supplier.js';
import { request } from '../support/graphql-client.js';
import { startApi, startWorker, type Api } from '../support/our-programs.js';
import { createPartnerServer, type PartnerServer } from '../support/partner-server.js';
import { npmRun } from '../support/processes.js';

/** Real offers from our own stock and a partner, on an empty PostgreSQL prepared with the documented commands. */

const name = `catalogue_${randomUUID().replaceAll('-', '')}`;
const databaseUrl = inject('postgresUrl').replace(/postgres$/, name);
let api: Api;
let partner: PartnerServer;

async function admin(statement: string): Promise<void> {
  const client = new Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  await client.query(statement);
  await client.end();
}

beforeAll(async () => {
  await admin(`create database ${name}`);
  const settings = { DATABASE_URL: databaseUrl, TEMPORAL_TASK_QUEUE: name };
  // Two at once, as in two deployments that start together.
  const migrations = [npmRun('migrate', settings), npmRun('migrate', settings)];
  for (const migration of migrations) await migration.says(/The database is up to date/);
  await npmRun('seed', settings).says(/The catalogue is in place/);
  partner = await createPartnerServer({ supplier: createSandboxSupplier({ delayMs: 0 }), token: 'secret' });
  // The API names the partner in the order; the worker calls it.
  const known = { ...settings, PARTNER_ACME_URL: partner.url, PARTNER_ACME_TOKEN: 'secret' };
  api = await startApi({ ...known, SUPPLIER_FLIGHT: 'acme' });
  await startWorker(known);
});
afterAll(() => partner.stop());

async function anOffer(kind: LegKind, soldOut = false): Promise<{ id: string; available: number }> {
  const { data } = await request(api.url, OffersDocument, {
    kind,
    first: 100,
    filter: { includeSoldOut: true },
  });
  const offer = data?.offers.nodes.find(({ available }) => (soldOut ? available === 0 : available > 1));
  if (!offer) throw new Error(`There is no such ${kind} in the catalogue`);
  return offer;
}

const available = async (kind: LegKind, id: string) =>
  (
    await request(api.url, OffersDocument, {
      kind,
      first: 100,
      filter: { includeSoldOut: true },
    })
  ).data?.offers.nodes.find((offer) => offer.id === id)?.available;

async function book(choice: { car?: string; hotel?: string; flight?: string }) {
  const input = {
    name: 'John Doe',
    car: choice.car ?? (await anOffer('CAR')).id,
    hotel: choice.hotel ?? (await anOffer('HOTEL')).id,
    flight: choice.flight ?? 'a-partners-flight',
    waitSeconds: 30,
  };
  return (await request(api.url, BookVacationDocument, { input })).data?.bookVacation.booking;
}

describe('a trip from the catalogue', () => {
  test('is booked from our own stock and at a partner, and released when it is called off', async () => {
    const hotel = await anOffer('HOTEL');
    const booking = await book({ hotel: hotel.id });
    expect(booking).toMatchObject({ status: 'CONFIRMED', legs: [{}, { offerId: hotel.id }, {}] });
    expect(await available('HOTEL', hotel.id)).toBe(hotel.available - 1);
    expect(partner.requests.filter(({ key }) => key === `${booking?.id ?? ''}/flight`)).toHaveLength(1);

    const input = { id: booking?.id ?? '' };
    const { data } = await request(api.url, CancelBookingDocument, { input });
    expect(data?.cancelBooking.booking?.status).toBe('ROLLING_BACK');
    await expect.poll(() => available('HOTEL', hotel.id)).toBe(hotel.available);
    expect(partner.requests.filter(({ key }) => key === `${input.id}/flight`)).toHaveLength(2);
  });

  test('fails with OFFER_SOLD_OUT when an offer is sold out, and holds nothing', async () => {
    const car = await anOffer('CAR', true);
    const booking = await book({ car: car.id });
    expect(booking).toMatchObject({ status: 'CANCELLED', failure: { code: 'OFFER_SOLD_OUT', legId: 'car' } });
    expect(await available('CAR', car.id)).toBe(0);
  });

  test('fails with OFFER_UNKNOWN when an offer is unknown', async () => {
    const hotel = await anOffer('HOTEL');
    expect(await book({ car: 'no-such-car' })).toMatchObject({
      status: 'CANCELLED',
      failure: { code: 'OFFER_UNKNOWN', legId: 'car' },
    });
    expect(await available('HOTEL', hotel.id)).toBe(hotel.available);
  });

  test('is booked from our own stock even if an id contains one of the sandbox’s words', async () => {
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query(`insert into offers (id, kind, title, place, starts_on, ends_on, time_zone, price_minor, currency, capacity)
      values ('hotel-paris-invalides', 'HOTEL', 'Les Invalides', 'Paris', '2099-05-01', '2099-05-08', 'UTC', 9000, 'EUR', 2)`);
    await client.end();
    expect(await book({ hotel: 'hotel-paris-invalides' })).toMatchObject({ status: 'CONFIRMED' });
    expect(await available('HOTEL', 'hotel-paris-invalides')).toBe(1);
  });

  test('goes to the sandbox if its ids are sandbox ids, such as the tutorial’s', async () => {
    const tutorial = { car: 'valid-car-id', hotel: 'hotel-down-0', flight: 'valid-flight-id' };
    expect(await book(tutorial)).toMatchObject({
      status: 'CONFIRMED',
      legs: [{ offerId: 'valid-car-id' }, {}, {}],
    });
  });

  test('is in the list of bookings, newest first, with its attempts', async () => {
    const booking = await book({});
    const { data } = await request(api.url, BookingsDocument, { first: 1 });
    expect(data?.bookings.nodes[0]).toMatchObject({
      id: booking?.id,
      status: 'CONFIRMED',
      source: 'RECORD',
    });
    const timeline = data?.bookings.nodes[0]?.timeline.map(
      ({ legId, state, attempt }) => `${legId} ${state} ${attempt}`,
    );
    expect(timeline).toContain('car BOOKED 1');
  });
});
