import { ESLint } from 'eslint';
import { fileURLToPath } from 'node:url';
import tseslint from 'typescript-eslint';
import { describe, expect, test } from 'vitest';

/** The project's own rules except those that need types, because the planted files exist only in memory. */
const eslint = new ESLint({
  cwd: fileURLToPath(new URL('../../', import.meta.url)),
  overrideConfig: [tseslint.configs.disableTypeChecked],
});

const OUR_RULES = [
  'no-restricted-syntax',
  'no-restricted-properties',
  'no-restricted-imports',
  'no-restricted-globals',
  '@graphql-eslint/require-description',
  '@graphql-eslint/no-deprecated',
];

async function reported(filePath: string, code: string): Promise<string[]> {
  const results = await eslint.lintText(code, { filePath });
  return results
    .flatMap(({ messages }) => messages)
    .filter(({ ruleId }) => ruleId === null || OUR_RULES.includes(ruleId)) // null: the code couldn't be parsed
    .map(({ ruleId, message }) => ruleId ?? message);
}

describe('law 8: no module-level mutable state in workflow code', () => {
  test.each([
    'let count = 0;',
    'export let count = 0;',
    'var count = 0;',
    'const seen = new Map<string, number>();',
    'export const seen: Set<string> = new Set();',
    'const queue: string[] = [];',
    'const byId: Record<string, string> = {};',
    'class Saga { static runs = 0; }',
  ])('%s', async (code) => {
    expect(await reported('src/saga/planted.ts', code)).toEqual(['no-restricted-syntax']);
  });

  test.each([
    'export function saga() { let count = 0; const undos: string[] = []; return [count++, undos, new Map()]; }',
    "const ORDER = ['CAR', 'HOTEL'] as const;",
    'const WEIGHTS: ReadonlyMap<string, number> = new Map([["CAR", 1]]);',
    'class Saga { runs = 0; static readonly limit = 5; }',
  ])('%s is allowed', async (code) => {
    expect(await reported('src/saga/planted.ts', code)).toEqual([]);
  });

  test('it is allowed elsewhere', async () => {
    expect(await reported('src/api/planted.ts', 'let count = 0; export const next = () => count++;')).toEqual(
      [],
    );
  });
});

test.each([
  ["import { readFile } from 'node:fs/promises';", 'no-restricted-imports'],
  ["import { createHash } from 'crypto';", 'no-restricted-imports'],
  ['export const pid = () => process.pid;', 'no-restricted-globals'],
])('workflow code uses no Node APIs: %s', async (code, rule) => {
  expect(await reported('src/saga/planted.ts', code)).toEqual([rule]);
});

describe('only src/config reads the environment', () => {
  const plain = 'export const port = process.env.PORT;';

  test.each([
    [plain, 'no-restricted-properties'],
    ['export const { env } = process;', 'no-restricted-properties'],
    ["import process from 'node:process'; export const port = process.env.PORT;", 'no-restricted-properties'],
    ["import { env } from 'node:process'; export const port = env.PORT;", 'no-restricted-syntax'],
    ['export const port = globalThis.process.env.PORT;', 'no-restricted-syntax'],
  ])('%s', async (code, rule) => {
    expect(await reported('src/temporal/planted.ts', code)).toEqual([rule]);
  });

  test.each(['src/config/planted.ts', 'test/unit/planted.ts', 'scripts/planted.ts', 'vitest.config.ts'])(
    '%s may read it',
    async (file) => {
      expect(await reported(file, plain)).toEqual([]);
    },
  );
});

test.each([
  ['type', 'type Query { "…" a: Int }'],
  ['field', '"…" type Query { a: Int }'],
  ['argument', '"…" type Query { "…" a(b: Int): Int }'],
  ['input field', '"…" input A { b: Int }'],
  ['enum value', '"…" enum A { B }'],
])('a %s of the schema has a description', async (_what, code) => {
  expect(await reported('schema.graphql', code)).toEqual(['@graphql-eslint/require-description']);
});

test.each([
  ['cancelled', ['@graphql-eslint/no-deprecated']],
  ['status', []],
])('the documents of clients use no deprecated field: %s', async (field, rules) => {
  const code = `query Planted { booking(id: "x") { id ${field} } }`;
  expect(await reported('src/client/planted.graphql', code)).toEqual(rules);
});
