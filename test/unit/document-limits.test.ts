import { readFileSync } from 'node:fs';
import { buildSchema, getIntrospectionQuery, parse, specifiedRules, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { documentLimits } from '../../src/api/limits/document-limits.js';

const schema = buildSchema(`
  type Query { a: Query, n: Int }
  type Mutation { act(to: Int): Query }`);

const problems = (query: string) =>
  validate(schema, parse(query), [...specifiedRules, documentLimits])
    .map(({ message }) => message)
    .filter((message) => message.includes('at most'));

const nested = (levels: number, inner = 'n') =>
  `${'a { '.repeat(levels - 1)}${inner}${' }'.repeat(levels - 1)}`;
const times = (count: number, field: string) =>
  Array.from({ length: count }, (_, index) => `x${index}: ${field}`).join(' ');

describe('depth', () => {
  test('of eight levels is allowed, and of nine refused', () => {
    expect(problems(`{ ${nested(8)} }`)).toEqual([]);
    expect(problems(`{ ${nested(9)} }`)).toEqual([
      'An operation can have at most 8 levels of fields; this one has 9.',
    ]);
  });

  test('goes through fragments, which are no level of their own', () => {
    const fragments = `fragment F on Query { ${nested(4)} } fragment G on Query { ... on Query { ...F } }`;
    expect(problems(`{ ${nested(5, '...G')} } ${fragments}`)).toEqual([]);
    expect(problems(`{ ${nested(6, '...G')} } ${fragments}`)).toHaveLength(1);
  });

  test('of an introspection query is not counted', () => {
    expect(problems(getIntrospectionQuery())).toEqual([]);
  });
});

describe('aliases', () => {
  test('fifty are allowed', () => {
    expect(problems(`{ ${times(50, 'n')} }`)).toEqual([]);
    expect(problems(`{ ${times(51, 'n')} }`)).toEqual([
      'An operation can have at most 50 aliases; this one has 51.',
    ]);
  });

  test('in fragments count each time that the fragment is used', () => {
    const fragment = `fragment F on Query { ${times(17, 'n')} }`;
    expect(problems(`{ ...F a { ...F } } ${fragment}`)).toEqual([]);
    expect(problems(`{ ...F a { ...F a { ... { ...F } } } } ${fragment}`)).toHaveLength(1);
  });
});

describe('directives', () => {
  const include = (count: number) => '@include(if: true) '.repeat(count);
  // graphql-js reports that they are not repeatable, too.
  test.each(['{ n % }', '{ ...F % } fragment F on Query { n }', '{ ... % { n } }'])(
    'fifty are allowed in %s',
    (query) => {
      expect(problems(query.replace('%', include(50)))).toEqual([]);
      expect(problems(query.replace('%', include(51)))).toHaveLength(1);
    },
  );
});

describe('mutations', () => {
  test('five are allowed', () => {
    expect(problems(`mutation { ${times(5, 'act { n }')} }`)).toEqual([]);
    expect(problems(`mutation { ${times(6, 'act { n }')} }`)).toEqual([
      'An operation can have at most 5 mutations; this one has 6.',
    ]);
  });

  test('in fragments count, and fields below them don’t', () => {
    const fragment = `fragment F on Mutation { ${times(3, 'act { n }')} }`;
    expect(problems(`mutation { ...F y0: act { n a { n } } ... { y1: act { n } } } ${fragment}`)).toEqual([]);
    expect(
      problems(`mutation { ...F ... { y0: act { n } y1: act { n } y2: act { n } } } ${fragment}`),
    ).toHaveLength(1);
  });

  test('of another operation in the document don’t count', () => {
    const operation = (name: string) => `mutation ${name} { ${times(3, 'act { n }')} }`;
    expect(problems(`${operation('A')} ${operation('B')}`)).toEqual([]);
  });
});

test('fragments that spread themselves or each other many times take no time', () => {
  const fragments = Array.from(
    { length: 60 },
    (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`,
  );
  expect(
    problems(`{ ...F0 } ${fragments.join(' ')} fragment F60 on Query { ${times(1, 'n')} }`),
  ).toHaveLength(1);
  expect(problems('{ ...F } fragment F on Query { a { ...F } }')).toEqual([]);
});

test('the deepest field of the real schema is allowed', () => {
  const real = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
  const deepest = '{ bookings { edges { node { legs { since } } } } }';
  expect(validate(real, parse(deepest), [documentLimits])).toEqual([]);
});
