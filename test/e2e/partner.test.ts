import { rm } from 'node:fs/promises';
import { Client as Postgres } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BookingDocument, BookVacationDocument, CancelBookingDocument } from '../../src/client/generated.js';
import { createPartnerSupplier } from '../../src/worker/suppliers/partner/partner-supplier.js';
import { aCall, aContext } from '../suppliers/supplier-contract.js';
import { makeDataFolder } from '../support/data-folder.js';
import { freePort } from '../support/free-port.js';
import { request } from '../support/graphql-client.js';
import { npmRun, type Program } from '../support/processes.js';

describe('npm run partner', () => {
  test('serves the partner API, prints what to set and each request, never its token, and ends on a signal', async () => {
    const token = 'a-secret-token';
    const program = npmRun('partner', { REFERENCE_PARTNER_PORT: '0', REFERENCE_PARTNER_TOKEN: token });
    const [, baseUrl = ''] = await program.says(/^Reference partner at (http:\S+\/v1),/m);
    await program.says(/PARTNER_REFERENCE_TOKEN/);
    expect(program.output()).toContain(`  SUPPLIER_FLIGHT=reference PARTNER_REFERENCE_URL=${baseUrl}\n`);

    const supplier = createPartnerSupplier({ baseUrl, timeoutMs: 20_000, token });
    const call = aCall({ kind: 'FLIGHT', offerId: 'two\nlines', quantity: 2 });
    const { confirmation } = await supplier.reserve(call, aContext());
    await supplier.release(call, aContext());
    await program.says(/^DELETE .*204/m);
    const lines = program.output().split('\n');
    expect(lines).toContain(
      `PUT ${call.reservationKey} {"leg":"FLIGHT","offerId":"two\\nlines","quantity":2} -> 200 {"state":"HELD","reference":"${confirmation}","title":"two\\nlines"}`,
    );
    expect(lines).toContain(`DELETE ${call.reservationKey} -> 204`);
    expect(program.output()).not.toContain(token);

    expect(await program.stop('SIGTERM')).toBe(0);
  });

  test('names the setting if its port is in use', async () => {
    const first = npmRun('partner', { REFERENCE_PARTNER_PORT: '0' });
    const [, port = ''] = await first.says(/^Reference partner at http:.*:(\d+)\/v1/m);
    const second = npmRun('partner', { REFERENCE_PARTNER_PORT: port });
    expect(await second.ended).toBe(1);
    expect(second.output()).toMatch(
      /^The reference partner can't listen on port \d+: .*EADDRINUSE.*Set REFERENCE_PARTNER_PORT/m,
    );
    expect(second.output()).not.toContain('    at ');
  });
});

describe('npm start with SUPPLIER_FLIGHT=reference', () => {
  let dataDir: string;
  let database: string;
  let api: string;
  let system: Program;

  beforeAll(async () => {
    dataDir = await makeDataFolder('npm-start-partner');
    const [port, postgres] = [await freePort(), await freePort()];
    api = `http://127.0.0.1:${port}/graphql`;
    database = `postgres://postgres@127.0.0.1:${postgres}/tripsaga`;
    system = npmRun('start', {
      SUPPLIER_FLIGHT: 'reference',
      // A car precedes the hotel, so it is held there when the hotel refuses.
      SUPPLIER_CAR: 'reference',
      REFERENCE_PARTNER_PORT: String(await freePort()),
      REFERENCE_PARTNER_TOKEN: 'a-secret-token',
      SANDBOX_DELAY_MS: '0',
      PORT: String(port),
      POSTGRES_PORT: String(postgres),
      TEMPORAL_PORT: String(await freePort()),
      TEMPORAL_UI_PORT: String(await freePort()),
      TRIPSAGA_DATA_DIR: dataDir,
    });
    await system.says(/GraphQL API/, 120_000);
  });
  afterAll(async () => {
    await system.stop();
    await rm(dataDir, { recursive: true });
  });

  async function book(hotel: string) {
    const input = { name: 'Ada', car: 'a-car', hotel, flight: 'night-flight', waitSeconds: 30 };
    const { data } = await request(api, BookVacationDocument, { input });
    const { id = '', status } = data?.bookVacation.booking ?? {};
    return { id, status };
  }

  /** What the partner did for a leg, and how it answered. */
  const requestsFor = (key: string) =>
    [...system.output().matchAll(/^Reference partner: (PUT|DELETE) (\S+) .*-> (.+)$/gm)]
      .filter(([, , one]) => one === key)
      .map(([, method, , answer]) => `${method} ${answer}`);

  test('a flight is reserved at the partner, its confirmation is recorded, and cancelling releases it', async () => {
    const { id, status } = await book('valid-hotel-down-0');
    expect(status).toBe('CONFIRMED');
    await expect.poll(() => requestsFor(`${id}/flight`)).toEqual([expect.stringMatching(/^PUT 200 /)]);
    const [put = ''] = requestsFor(`${id}/flight`);
    const { reference } = JSON.parse(put.replace(/^PUT 200 /, '')) as { reference: string };
    expect(await confirmationOf(id, 'flight')).toBe(reference);

    await request(api, CancelBookingDocument, { input: { id, reason: 'ill' } });
    await expect
      .poll(async () => (await request(api, BookingDocument, { id })).data?.booking?.status)
      .toBe('CANCELLED');
    await expect.poll(() => requestsFor(`${id}/flight`)).toEqual([put, 'DELETE 204']);
  });

  test('what is held at the partner is released when the hotel refuses', async () => {
    const { id, status } = await book('invalid-hotel-down-0');
    expect(status).toBe('CANCELLED');
    await expect
      .poll(() => requestsFor(`${id}/car`))
      .toEqual([expect.stringMatching(/^PUT 200 /), 'DELETE 204']);
    // It was never tried, so nothing can be held.
    expect(requestsFor(`${id}/flight`)).toEqual([]);
  });

  async function confirmationOf(id: string, legId: string): Promise<string | undefined> {
    const client = new Postgres(database);
    await client.connect();
    try {
      const { rows } = await client.query<{ legs: { id: string; holding?: { confirmation?: string } }[] }>(
        "select facts->'legs' as legs from bookings where id = $1",
        [id],
      );
      return rows[0]?.legs.find((leg) => leg.id === legId)?.holding?.confirmation;
    } finally {
      await client.end();
    }
  }
});
