import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LEG_KINDS } from '../../src/model/legs.js';
import {
  judge,
  RELEASE_ANSWERS,
  RESERVE_ANSWERS,
  type AnswerTable,
} from '../../src/worker/suppliers/partner/answer-tables.js';
import { SupplierOutcomeUnknown, SupplierRefused } from '../../src/worker/suppliers/supplier.port.js';

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
      readonly ReservationRequest: { readonly properties: { readonly leg: { readonly enum: unknown } } };
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

test('the partner API lists every kind of leg', () => {
  expect(api.components.schemas.ReservationRequest.properties.leg.enum).toEqual(LEG_KINDS);
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
