/**
 * Sends thousands of generated operations to an API of its own, by Schemathesis (from PyPI) over the whole schema. Fails if one
 * of them is answered with a server's error, or makes the API log an unexpected one.
 *
 *     npm run fuzz [-- seconds]
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { openBenchRoom } from './bench/room.js';
import { exitOnSignals } from './exit-on-signals.js';

const VERSION = '4.32.5';
const SEED = 7;
/** How Schemathesis calls an answer that says what is wrong with the request. */
const CLIENT_ERROR = 'ST206';

const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
const target = join(cache, 'tripsaga', `schemathesis-${VERSION}`);

async function install(): Promise<void> {
  if (existsSync(join(target, 'bin', 'schemathesis'))) return;
  console.log(`installing schemathesis ${VERSION}`);
  const flags = ['--quiet', '--disable-pip-version-check', '--target', target];
  await execa('python3', ['-m', 'pip', 'install', ...flags, `schemathesis==${VERSION}`], {
    timeout: 300_000,
  });
}

exitOnSignals();
const seconds = process.argv[2] ?? '30';
await install();
const room = await openBenchRoom();
// Schemathesis keeps what it has found in the folder where it runs.
const folder = await mkdtemp(join(tmpdir(), 'fuzz-'));
try {
  const worker = await room.startWorker();
  const options = ['--seed', String(SEED), '--max-time', seconds, '--no-color'];
  const { all = '' } = await execa(
    'python3',
    [join(target, 'bin', 'schemathesis'), 'run', room.url, ...options],
    {
      cwd: folder,
      env: { PYTHONPATH: target, NO_PROXY: '*' },
      reject: false,
      all: true,
    },
  );
  await worker.stop();
  const failures = [...all.matchAll(/❌ (ST\d+) (.+): \d+$/gm)].filter(([, code]) => code !== CLIENT_ERROR);
  const generated = /(\d+) generated/.exec(all)?.[1];
  const logged = room.apiOutput().match(/^.*"level":[56]0.*$/gm) ?? [];
  if (generated === undefined || failures.length > 0 || logged.length > 0) {
    console.error([all, ...logged].join('\n'));
    process.exitCode = 1;
  } else console.log(`fuzz: ${generated} operations, no server error`);
} finally {
  await room.close();
  await rm(folder, { recursive: true });
}
