import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export const ROUNDS = 5;

export type Task = () => Promise<unknown>;

/**
 * Milliseconds per run: the median of many sequential runs.
 * @param restMs the pause after each, for what is still being done after its answer
 */
export async function oneAtATime(task: Task, times: number, restMs = 0): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < times; n++) {
    const start = performance.now();
    await task();
    took.push(performance.now() - start);
    if (restMs > 0) await sleep(restMs);
  }
  return median(took);
}

/** Runs per second, with `lanes` runs at a time. */
export async function manyAtOnce(task: Task, lanes: number, times: number): Promise<number> {
  let left = times;
  const start = performance.now();
  const lane = async () => {
    while (left-- > 0) await task();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return times / ((performance.now() - start) / 1000);
}

/** Alternates between tasks, so that all meet the same machine load. @returns the median of each */
export async function inTurn<T extends string>(
  tasks: Readonly<Record<T, () => Promise<number>>>,
): Promise<Record<T, number>> {
  const names = Object.keys(tasks) as T[];
  const found = new Map<T, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) found.get(name)?.push(await tasks[name]());
  }
  return Object.fromEntries(names.map((name) => [name, median(found.get(name) ?? [])])) as Record<T, number>;
}

export const ms = (value: number) => `${value.toFixed(1)} ms`;

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], fraction: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * fraction)] ?? NaN;
}

const agent = new Agent({ keepAlive: true, maxSockets: 1000 });

/** One GraphQL request over a kept connection. (Node's `fetch` would cost more than what is measured.) */
export function ask<T>(url: string, query: string, variables: object = {}): Promise<T> {
  const body = JSON.stringify({ query, variables });
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const { data, errors } = JSON.parse(text) as { data?: T; errors?: unknown };
        if (data === undefined || errors) reject(new Error(text));
        else resolve(data);
      });
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      // The server closed an idle connection just as it was reused.
      if (sent.reusedSocket && error.code === 'ECONNRESET') resolve(ask(url, query, variables));
      else reject(error);
    });
    sent.end(body);
  });
}
