import { request } from 'node:http';
import type { ApiProgram } from './cast.js';
import type { Violations } from './violations.js';

/** What came of asking an API. Whatever else comes is a violation, and told as `away` too. */
export type Told<T> = { readonly from: number; readonly to: number } & (
  | { readonly kind: 'answer'; readonly data: T }
  /** Busy or away, in the API's own words. `bookingId`: it may have been accepted under this id. */
  | { readonly kind: 'away'; readonly bookingId?: string }
);

/** Where callers and readers ask the two APIs. */
export interface Desk {
  ask<T>(api: number, query: string, variables: object): Promise<Told<T>>;
}

/** The API's words for a part that is busy or away: the only errors that a caller may see. */
const AWAY = new Set(['DATABASE_UNAVAILABLE', 'WORKER_UNAVAILABLE', 'BOOKING_ENGINE_UNAVAILABLE']);
const ANSWER_TIMEOUT_MS = 40_000;

interface Answer<T> {
  readonly data?: T | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string; readonly bookingId?: string };
  }[];
}

export function createDesk(apis: readonly ApiProgram[], violations: Violations): Desk {
  return {
    async ask<T>(index: number, query: string, variables: object): Promise<Told<T>> {
      const { port, actor } = apis[index]!;
      const from = Date.now();
      let answer: Answer<T>;
      try {
        answer = JSON.parse(await post(port, JSON.stringify({ query, variables }))) as Answer<T>;
      } catch (error) {
        const to = Date.now();
        // A process that is killed or stopped breaks its connections, or refuses them.
        if (!actor.wasDisturbed(from, to)) {
          violations.add(
            'only "busy" or "away"',
            undefined,
            `${actor.name}: ${String(error)} for ${JSON.stringify(variables)}`,
          );
        }
        return { kind: 'away', from, to };
      }
      const to = Date.now();
      const [error] = answer.errors ?? [];
      if (!error && answer.data) return { kind: 'answer', data: answer.data, from, to };
      const { code = '', bookingId } = error?.extensions ?? {};
      if (!AWAY.has(code)) {
        violations.add(
          'only "busy" or "away"',
          bookingId,
          `${actor.name}: ${JSON.stringify(answer)} for ${JSON.stringify(variables)}`,
        );
      }
      return { kind: 'away', ...(bookingId !== undefined && { bookingId }), from, to };
    },
  };
}

/** A connection for each request: one that is kept may have been broken long ago. */
function post(port: number, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({
      host: '127.0.0.1',
      port,
      path: '/graphql',
      method: 'POST',
      agent: false,
      headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
      timeout: ANSWER_TIMEOUT_MS,
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${ANSWER_TIMEOUT_MS / 1000} s`)));
    asked.on('error', reject);
    asked.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (more: string) => (text += more));
      response.on('error', reject);
      response.on('end', () => (response.complete ? resolve(text) : reject(new Error('cut off'))));
    });
    asked.end(body);
  });
}
