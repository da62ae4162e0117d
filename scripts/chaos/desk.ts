import type { ApiProgram } from './cast.js';
import { fetchOnce } from './fetch-once.js';
import type { Violations } from './violations.js';

/** The outcome of a request to an API. Any other outcome is a violation, and also returned as `unavailable`. */
export type Outcome<T> = { readonly from: number; readonly to: number } & (
  | { readonly kind: 'answer'; readonly data: T }
  /** Reported by the API. `bookingId`: the trip may have been accepted under this id. */
  | { readonly kind: 'unavailable'; readonly bookingId?: string }
);

/** Sends requests to the two APIs, for callers and readers. */
export interface Desk {
  ask<T>(api: number, query: string, variables: object): Promise<Outcome<T>>;
}

/** The API's codes for an unavailable service: the only errors that a caller may see. */
const UNAVAILABLE = new Set([
  'BUSY',
  'DATABASE_UNAVAILABLE',
  'WORKER_UNAVAILABLE',
  'BOOKING_ENGINE_UNAVAILABLE',
]);
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
    async ask<T>(index: number, query: string, variables: object): Promise<Outcome<T>> {
      const { port, actor } = apis[index]!;
      const from = Date.now();
      let answer: Answer<T>;
      try {
        answer = JSON.parse(await post(port, JSON.stringify({ query, variables }))) as Answer<T>;
      } catch (error) {
        const to = Date.now();
        // A killed or paused process breaks or refuses connections.
        if (!actor.wasDisturbed(from, to)) {
          violations.add(
            'only "unavailable" errors',
            undefined,
            `${actor.name}: ${String(error instanceof Error && error.cause ? error.cause : error)} for ${JSON.stringify(variables)}`,
          );
        }
        return { kind: 'unavailable', from, to };
      }
      const to = Date.now();
      const [error] = answer.errors ?? [];
      if (!error && answer.data) return { kind: 'answer', data: answer.data, from, to };
      const { code = '', bookingId } = error?.extensions ?? {};
      if (!UNAVAILABLE.has(code)) {
        violations.add(
          'only "unavailable" errors',
          bookingId,
          `${actor.name}: ${JSON.stringify(answer)} for ${JSON.stringify(variables)}`,
        );
      }
      return { kind: 'unavailable', ...(bookingId !== undefined && { bookingId }), from, to };
    },
  };
}

async function post(port: number, body: string): Promise<string> {
  const headers = { 'Content-Type': 'application/json' };
  const url = `http://127.0.0.1:${port}/graphql`;
  return (await fetchOnce(url, { method: 'POST', headers, body }, ANSWER_TIMEOUT_MS)).text();
}
