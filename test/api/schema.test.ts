import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { generate, loadContext } from '@graphql-codegen/cli';
import { buildSchema, isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { createSchema, schemaText, type UseCases } from '../../src/api/server/schema.js';

const project = new URL('../../', import.meta.url);
/** The schema is built from the resolvers' types, and calls nothing. */
const NOTHING = { bookings: {}, operators: {} } as UseCases;
const checkedIn = (path: string) => readFile(new URL(path, project), 'utf8');

test('schema.graphql is the schema of the code (npm run schema writes it)', async () => {
  const schema = await createSchema(NOTHING);
  expect(await checkedIn('schema.graphql')).toBe(schemaText(schema));
});

test('the typed documents are those of the schema (npm run codegen writes them)', async () => {
  const context = await loadContext(fileURLToPath(new URL('codegen.yml', project)));
  const config = { ...context.getConfig(), cwd: fileURLToPath(project), silent: true };
  const files = (await generate(config, false)) as { filename: string; content: string }[];

  expect(files.map(({ filename }) => filename)).toEqual(['src/client/generated.ts']);
  expect(await checkedIn('src/client/generated.ts')).toBe(files[0]?.content);
});

test('fields that only repeat others are deprecated, and none of them was removed', async () => {
  const schema = buildSchema(await checkedIn('schema.graphql'));
  const deprecated = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .flatMap((type) =>
      Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, field] as const),
    )
    .flatMap(([name, { deprecationReason }]) => (deprecationReason?.startsWith('Use `') ? [name] : []));
  expect(deprecated).toEqual([
    'Booking.cancelled',
    'Booking.car',
    'Booking.hotel',
    'Booking.flight',
    'BookingFailure.leg',
    'SagaEvent.leg',
  ]);
});
