import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { run } from '../support/processes.js';

/** Variables that a developer may have set, and that must not affect the tests. */
const A_DEVELOPERS = {
  http_proxy: 'http://127.0.0.1:9',
  PGSSLMODE: 'require',
  TEMPORAL_NAMESPACE: 'nowhere',
  PARTNER_ACME_URL: 'http://127.0.0.1:9',
  NODE_ENV: 'production',
  SUPPLIER_CAR: 'nobody',
};
/** Variables that a program inherits. */
const GIVEN = [
  'CHROMIUM_PATH',
  'HOME',
  'PATH',
  'TEMPORAL_CLI_PATH',
  'TEMPORAL_CONFIG_FILE',
  'TMPDIR',
  'XDG_CACHE_HOME',
];

beforeEach(() => {
  for (const [name, value] of Object.entries(A_DEVELOPERS)) vi.stubEnv(name, value);
});
afterEach(() => vi.unstubAllEnvs());

/** macOS sets a variable of its own for every program. */
const isUnexpected = (name: string) => !GIVEN.includes(name) && !name.startsWith('__CF');

async function environmentOf(script: string): Promise<Record<string, string>> {
  const flags = ['--import', 'tsx', '--input-type=module', '--eval'];
  const program = run([process.execPath, ...flags, script], A_SETTING);
  expect(await program.ended).toBe(0);
  return JSON.parse(program.output()) as Record<string, string>;
}

const A_SETTING = { PORT: '4711' };
const PRINT = 'console.log(JSON.stringify(process.env));';

test('a program gets the variables that it needs from the machine, its settings, and nothing else', async () => {
  const { PORT, PATH, ...others } = await environmentOf(PRINT);
  expect({ PORT, PATH }).toEqual({ ...A_SETTING, PATH: process.env['PATH'] });
  expect(Object.keys(others).filter(isUnexpected)).toEqual([]);
});

test('a script that calls keepSurroundings has no other variables itself', async () => {
  const { PATH, ...others } = await environmentOf(`
    import { keepSurroundings } from './test/support/surroundings.ts';
    Object.assign(process.env, ${JSON.stringify(A_DEVELOPERS)});
    keepSurroundings();
    ${PRINT}`);
  expect(PATH).toBe(process.env['PATH']);
  expect(Object.keys(others).filter(isUnexpected)).toEqual([]);
});
