import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { run } from '../support/processes.js';

/** What a developer may have set, and what must not change what is tried. */
const A_DEVELOPERS = {
  http_proxy: 'http://127.0.0.1:9',
  PGSSLMODE: 'require',
  TEMPORAL_NAMESPACE: 'nowhere',
  PARTNER_ACME_URL: 'http://127.0.0.1:9',
  NODE_ENV: 'production',
  SUPPLIER_CAR: 'nobody',
};
/** What a program has of its surroundings. */
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

/** macOS gives every program a variable of its own, too. */
const isMore = (name: string) => !GIVEN.includes(name) && !name.startsWith('__CF');

async function environmentOf(script: string): Promise<Record<string, string>> {
  const flags = ['--import', 'tsx', '--input-type=module', '--eval'];
  const program = run([process.execPath, ...flags, script], A_SETTING);
  expect(await program.ended).toBe(0);
  return JSON.parse(program.output()) as Record<string, string>;
}

const A_SETTING = { PORT: '4711' };
const SAY = 'console.log(JSON.stringify(process.env));';

test('a program is given what it needs of the machine, the settings, and nothing else', async () => {
  const { PORT, PATH, ...others } = await environmentOf(SAY);
  expect({ PORT, PATH }).toEqual({ ...A_SETTING, PATH: process.env['PATH'] });
  expect(Object.keys(others).filter(isMore)).toEqual([]);
});

test('a script that keeps only its surroundings has no more itself', async () => {
  const { PATH, ...others } = await environmentOf(`
    import { keepSurroundings } from './test/support/surroundings.ts';
    Object.assign(process.env, ${JSON.stringify(A_DEVELOPERS)});
    keepSurroundings();
    ${SAY}`);
  expect(PATH).toBe(process.env['PATH']);
  expect(Object.keys(others).filter(isMore)).toEqual([]);
});
