// Runs our npm scripts in parallel, one per processor, and prints the output of those that fail.
// `node scripts/side-by-side.mjs check:lint check:types`; name the slowest ones first.
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';

const { scripts } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
const waiting = process.argv.slice(2);

async function run(name) {
  const started = performance.now();
  // npm has added node_modules/.bin to PATH.
  const child = spawn(scripts[name], { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const written = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => written.push(data));
  const code = await new Promise((resolve) => child.once('close', resolve));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'passed' : 'FAILED'} ${name} (${seconds} s)`);
  if (code !== 0) {
    process.stdout.write(Buffer.concat(written));
    process.exitCode = 1;
  }
}

async function runInTurn() {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await run(name);
}

await Promise.all(Array.from({ length: availableParallelism() }, runInTurn));
