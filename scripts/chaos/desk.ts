import type { ApiProgram } from './cast.js';
import { fetchOnce } from './fetch-once.js';
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
            `${actor.name}: ${String(error instanceof Error && error.cause ? error.cause : error)} for ${JSON.stringify(variables)}`,
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

async function post(port: number, body: string): Promise<string> {
  const headers = { 'Content-Type': 'application/json' };
  const url = `http://127.0.0.1:${port}/graphql`;
  return (await fetchOnce(url, { method: 'POST', headers, body }, ANSWER_TIMEOUT_MS)).text();
}
