import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LEG_KINDS } from '../../src/model/legs.js';
import {
  judge,
  RELEASE_ANSWERS,
  RESERVE_ANSWERS,
  type AnswerTable,
} from '../../src/worker/suppliers/partner/answer-tables.js';
import {
  SupplierOutcomeUnknown,
  SupplierRefused,
  SupplierUnavailable,
} from '../../src/worker/suppliers/supplier-errors.js';

interface Response {
  readonly 'x-means': 'done' | 'refused' | 'unavailable' | 'unknown';
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: {
    readonly 'application/json': { readonly examples: Readonly<Record<string, { readonly value: unknown }>> };
  };
}

interface Api {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Record<string, Response> }>>>
  >;
  readonly components: {
    readonly schemas: {
      readonly Wanted: { readonly properties: { readonly leg: { readonly enum: unknown } } };
    };
  };
}

const doc = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
const api = JSON.parse(doc('partner-api.json')) as Api;
const path = '/reservations/{key}';

const ERRORS = {
  refused: SupplierRefused,
  unavailable: SupplierUnavailable,
  unknown: SupplierOutcomeUnknown,
};

test('the partner API has the two calls that we make, and no other', () => {
  expect(Object.keys(api.paths)).toEqual([path]);
  expect(Object.keys(api.paths[path] ?? {})).toEqual(['parameters', 'put', 'delete']);
});

test('the partner API knows every kind of leg', () => {
  expect(api.components.schemas.Wanted.properties.leg.enum).toEqual(LEG_KINDS);
});

describe.each<[string, AnswerTable]>([
  ['put', RESERVE_ANSWERS],
  ['delete', RELEASE_ANSWERS],
])('the answers to %s in the partner API', (method, table) => {
  const responses = api.paths[path]?.[method]?.responses ?? {};

  test('are those that we know', () => {
    expect(Object.keys(responses).sort()).toEqual(Object.keys(table).sort());
  });

  test.each(Object.entries(responses))('%s means to us what it says there', (status, response) => {
    const examples = Object.values(response.content?.['application/json'].examples ?? {});
    const retryAfterMs = response.headers?.['Retry-After'] ? 1000 : undefined;
    // 99 stands for the statuses of a class that have no row of their own.
    const answer = { status: Number(status.replace('XX', '99')), retryAfterMs };
    for (const body of examples.length ? examples.map(({ value }) => value) : [undefined]) {
      const judging = expect(() => judge(table, { ...answer, body }, 'Car service'));
      if (response['x-means'] === 'done') judging.not.toThrow();
      else judging.toThrow(ERRORS[response['x-means']]);
    }
  });
});

test('the table for people names every answer that we know', () => {
  const rows = doc('partner-api.md').match(/^\|.*$/gm) ?? [];
  const firstCells = rows.map((row) => row.split('|')[1]).join();
  for (const status of Object.keys({ ...RESERVE_ANSWERS, ...RELEASE_ANSWERS })) {
    expect(firstCells).toContain(status.replace('XX', 'xx'));
  }
});
