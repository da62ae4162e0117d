import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const ROOT = new URL('../../', import.meta.url);

test('docs/security.md names only tests that exist, and one for every row', () => {
  const text = readFileSync(new URL('docs/security.md', ROOT), 'utf8');
  const named = [...text.matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path);
  expect(named.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([]);
  const rows = text.split('\n').filter((line) => line.startsWith('| ') && !/^\| (advice|-)/.test(line));
  expect(rows.length).toBeGreaterThan(20);
  expect(rows.filter((row) => !row.includes('`test/'))).toEqual([]);
});
