import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isHolding } from '../../src/model/holding.js';
import { LEG_KINDS } from '../../src/model/legs.js';
import { toMinor } from '../../src/money/decimal.js';
import {
  judge,
  RELEASE_ANSWERS,
  RESERVE_ANSWERS,
  type AnswerTable,
} from '../../src/worker/suppliers/partner/answer-tables.js';
import { createPartnerSupplier } from '../../src/worker/suppliers/partner/partner-supplier.js';
import { reservation } from '../../src/worker/suppliers/partner/read-reservation.js';
import { SupplierOutcomeUnknown, SupplierRefused } from '../../src/worker/suppliers/supplier.port.js';
import { aCall, aContext } from './supplier-contract.js';

type Meaning = 'done' | 'refused' | 'unknown';

interface Response {
  readonly 'x-means': Meaning;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: {
    readonly 'application/json': {
      readonly examples: Readonly<Record<string, { readonly value: unknown; readonly 'x-means'?: Meaning }>>;
    };
  };
}

interface Api {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          { readonly responses: Record<string, Response>; readonly 'x-final': readonly string[] }
        >
      >
    >
  >;
  readonly components: {
    readonly schemas: {
      readonly ReservationRequest: {
        readonly required: readonly string[];
        readonly properties: { readonly leg: { readonly enum: unknown } };
      };
      readonly Reservation: { readonly properties: Readonly<Record<string, unknown>> };
    };
  };
}

const doc = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
const api = JSON.parse(doc('partner-api.json')) as Api;
const path = '/reservations/{key}';

const ERRORS = {
  refused: SupplierRefused,
  unknown: SupplierOutcomeUnknown,
};

test('the partner API has exactly the two calls that we make', () => {
  expect(Object.keys(api.paths)).toEqual([path]);
  expect(Object.keys(api.paths[path] ?? {})).toEqual(['parameters', 'put', 'delete']);
});

const { ReservationRequest, Reservation } = api.components.schemas;

test('the partner API lists every kind of leg', () => {
  expect(ReservationRequest.properties.leg.enum).toEqual(LEG_KINDS);
});

test('the partner API lists every field that we send', async () => {
  let sent = '';
  const fetch = (_url: unknown, init?: RequestInit) => {
    sent = init?.body as string;
    return Promise.resolve(new Response('{"state":"HELD"}'));
  };
  const supplier = createPartnerSupplier({ baseUrl: 'https://partner.example/v1', timeoutMs: 1000, fetch });
  await supplier.reserve(aCall(), aContext());
  expect(Object.keys(ReservationRequest.properties)).toEqual(Object.keys(JSON.parse(sent) as object));
  expect(ReservationRequest.required).toEqual(Object.keys(ReservationRequest.properties));
});

describe('the fields of a reservation', () => {
  const fields = Object.keys(Reservation.properties).filter((field) => field !== 'state');
  const content = api.paths[path]?.['put']?.responses['200']?.content?.['application/json'];
  const example = content?.examples['with all optional fields']?.value as Record<string, unknown>;

  test('in the partner API are those that we read', () => {
    expect(fields).toEqual(Object.keys(reservation.shape));
    expect(Object.keys(example)).toEqual(['state', ...fields]);
    const section = doc('partner-api.md').split('## How we interpret')[0];
    for (const field of fields) expect(section).toContain(`\`${field}\``);
  });

  test('are kept as in its example, all but heldUntil', () => {
    const { reference, title, place, from, to, price } = example;
    const answer = { status: 200, body: example, retryAfterMs: undefined };
    const holding = judge(RESERVE_ANSWERS, answer, 'Hotel service');
    const { amount, currency } = price as { amount: string; currency: string };
    const minor = toMinor(amount, currency);
    expect(holding).toEqual({ confirmation: reference, title, place, from, to, price: { minor, currency } });
    expect(isHolding(holding)).toBe(true);
  });
});

describe.each<[string, AnswerTable]>([
  ['put', RESERVE_ANSWERS],
  ['delete', RELEASE_ANSWERS],
])('the answers to %s in the partner API', (method, table) => {
  const { responses = {}, 'x-final': final = [] } = api.paths[path]?.[method] ?? {};

  test('and the final codes are those in our table', () => {
    expect(Object.keys(responses).sort()).toEqual(Object.keys(table.statuses).sort());
    expect([...final].sort()).toEqual(Object.keys(table.final).sort());
  });

  test.each(final.flatMap((code) => [400, 409, 425, 429, 500, 503, 599].map((status) => ({ code, status }))))(
    'are final with $code, even with status $status',
    ({ code, status }) => {
      const answer = { status, body: { code }, retryAfterMs: 1000 };
      expect(() => judge(table, answer, 'Car service')).toThrow(SupplierRefused);
    },
  );

  test.each(Object.entries(responses))('%s has the meaning stated there', (status, response) => {
    const examples = Object.values(response.content?.['application/json'].examples ?? {});
    const retryAfterMs = response.headers?.['Retry-After'] ? 1000 : undefined;
    // 99 stands for the statuses of a class without a row of their own.
    const answer = { status: Number(status.replace('XX', '99')), retryAfterMs };
    for (const { value: body, 'x-means': means = response['x-means'] } of examples.length
      ? examples
      : [{ value: undefined }]) {
      const judging = expect(() => judge(table, { ...answer, body }, 'Car service'));
      if (means === 'done') judging.not.toThrow();
      else judging.toThrow(ERRORS[means]);
    }
  });
});

test('the table in partner-api.md lists every answer in our tables', () => {
  const rows = doc('partner-api.md').match(/^\|.*$/gm) ?? [];
  const firstCells = rows.map((row) => row.split('|')[1]).join();
  for (const known of [RESERVE_ANSWERS, RELEASE_ANSWERS].flatMap((table) => [
    ...Object.keys(table.statuses),
    ...Object.keys(table.final),
  ])) {
    expect(firstCells).toContain(known.replace('XX', 'xx'));
  }
});
