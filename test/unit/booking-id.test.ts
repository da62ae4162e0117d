import { expect, test } from 'vitest';
import { createUserId, slug } from '../../src/api/booking/ids.js';

test.each([
  ['John Doe', 'john-doe'],
  ['  Zoë  Müller-Lüdenscheidt ', 'zoe-muller-ludenscheidt'],
  ["Conan O'Brien", 'conan-o-brien'],
  ['李雷', 'traveller'],
  ['--', 'traveller'],
  ['a'.repeat(100), 'a'.repeat(40)],
  [`${'a'.repeat(39)} b`, 'a'.repeat(39)],
])('%j becomes %s in an id', (name, expected) => {
  expect(slug(name)).toBe(expected);
});

test('a user id is the slug followed by sixteen digits', () => {
  expect(createUserId('John Doe')).toMatch(/^john-doe-\d{16}$/);
});

test('a hundred thousand John Does all get different ids', () => {
  const ids = new Set(Array.from({ length: 100_000 }, () => createUserId('John Doe')));
  expect(ids.size).toBe(100_000);
});
