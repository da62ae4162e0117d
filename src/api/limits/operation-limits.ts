import type { GraphQLSchema } from 'graphql';
import type { GraphqlContext } from '../access/context.js';
import { callerKey } from '../shared/caller-key.js';
import { createCostOf, REQUEST_COST, type Costed } from './cost.js';
import type { RateLimit } from './rate-limit.js';
import { refusal } from './refusal.js';

/** `extensions.cost` of a response. */
export interface Cost {
  /** What the request cost. */
  readonly requested: number;
  /** What is left of the caller's budget for this minute; null without a limit. */
  readonly left: number | null;
}

/** What one operation, and each caller, may cost. */
export interface OperationLimits {
  /** Before a document is parsed. @throws GraphQLError if the caller's budget is used up */
  admit(context: GraphqlContext): Promise<void>;
  /** Before an operation is executed. @throws GraphQLError if it is too expensive, or doesn't fit the caller's budget */
  charge(context: GraphqlContext, request: Costed): Promise<void>;
  /** Once charged. */
  costOf(context: GraphqlContext): Cost | undefined;
}

/** @param maxCost of one request */
export function createOperationLimits(
  schema: GraphQLSchema,
  maxCost: number,
  rateLimit: RateLimit,
): OperationLimits {
  const price = createCostOf(schema);
  const charged = new WeakMap<GraphqlContext, Cost>();
  return {
    async admit(context) {
      await rateLimit.charge(callerKey(context), REQUEST_COST);
    },
    async charge(context, request) {
      const requested = price(request);
      if (requested === undefined) return;
      if (requested > maxCost) {
        const cost = Number.isFinite(requested) ? `costs ${requested}` : 'is too large to be priced';
        const message = `The request ${cost}, and at most ${maxCost} is allowed. Ask for fewer entries or fields at a time.`;
        throw refusal(message, { code: 'TOO_EXPENSIVE', status: 400 });
      }
      const left = await rateLimit.charge(callerKey(context), requested - REQUEST_COST);
      charged.set(context, { requested, left });
    },
    costOf: (context) => charged.get(context),
  };
}
