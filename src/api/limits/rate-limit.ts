import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { refusal } from './refusal.js';

const MINUTE_SECONDS = 60;
/** Callers new in a minute that get a budget each. All others share one, so that many addresses can't fill the memory. */
const MAX_NEW_CALLERS = 50_000;
const OTHERS = 'others';

/** A budget of cost for each caller and minute, in this process's memory. */
export interface RateLimit {
  /**
   * Takes a cost out of the caller's budget. What doesn't fit is not taken.
   * @returns what is left; null without a limit
   * @throws GraphQLError with `retryAfterSeconds` if it doesn't fit
   */
  charge(caller: string, cost: number): Promise<number | null>;
}

export const NO_RATE_LIMIT: RateLimit = { charge: async () => null };

/** @param costPerMinute 0 for no limit */
export function createRateLimit(costPerMinute: number, maxNewCallers = MAX_NEW_CALLERS): RateLimit {
  if (costPerMinute === 0) return NO_RATE_LIMIT;
  const limiter = new RateLimiterMemory({ points: costPerMinute, duration: MINUTE_SECONDS });
  let newCallers = 0;
  let countedSince = Date.now();

  async function budgetOf(caller: string): Promise<string> {
    if (Date.now() - countedSince >= MINUTE_SECONDS * 1000) {
      newCallers = 0;
      countedSince = Date.now();
    }
    return newCallers < maxNewCallers || (await limiter.get(caller)) ? caller : OTHERS;
  }

  return {
    async charge(caller, cost) {
      const budget = await budgetOf(caller);
      try {
        const { remainingPoints, isFirstInDuration } = await limiter.consume(budget, cost);
        if (isFirstInDuration) newCallers++;
        return remainingPoints;
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        await limiter.reward(budget, cost);
        const retryAfterSeconds = Math.ceil(refused.msBeforeNext / 1000);
        const message = `You have used up your requests of this minute. Try again in ${retryAfterSeconds} seconds.`;
        throw refusal(message, { code: 'RATE_LIMITED', status: 429, retryAfterSeconds });
      }
    },
  };
}
