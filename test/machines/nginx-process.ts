import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listens, LOOPBACK } from '../../src/dev/ports.js';
import { freePort } from '../support/free-port.js';

export interface Nginx {
  readonly port: number;
  stop(): Promise<void>;
}

/** The nginx configuration in the README. */
const DOCUMENTED = /^```nginx\n(.+?)^```/ms.exec(
  readFileSync(new URL('../../README.md', import.meta.url), 'utf8'),
)?.[1];

/** Starts nginx with the README's configuration in front of an API. @param change modifies that configuration */
export async function startNginx(
  upstreamPort: number,
  change: (configuration: string) => string = (configuration) => configuration,
): Promise<Nginx> {
  if (!DOCUMENTED) throw new Error('The README has no nginx configuration.');
  const folder = await mkdtemp(join(tmpdir(), 'nginx-test-'));
  const port = await freePort();
  const site = change(DOCUMENTED)
    .replace('127.0.0.1:4000', `127.0.0.1:${upstreamPort}`)
    .replace('listen 80', `listen 127.0.0.1:${port}`);
  const own = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join('\n');
  const configuration = `daemon off; master_process off; pid ${folder}/pid; error_log stderr;
events {}
http { access_log off; ${own}\n${site} }`;
  await writeFile(join(folder, 'nginx.conf'), configuration);
  const env = { PATH: `${process.env['PATH'] ?? ''}${delimiter}/usr/sbin` };
  const nginx = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  nginx.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = once(nginx, 'exit');
  while (!(await listens(port, LOOPBACK))) {
    if (nginx.exitCode !== null) throw new Error(`nginx ended: ${output}`);
    await sleep(20);
  }
  return {
    port,
    async stop() {
      nginx.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
