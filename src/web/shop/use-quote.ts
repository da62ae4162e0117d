import { QuoteTripDocument, type QuoteTripQuery } from '../../client/generated.js';
import { useQuery } from '../net/use-query.js';
import type { TripChoice } from './trip-address.js';

export type Quote = NonNullable<QuoteTripQuery['quoteTrip']['quote']>;

/** What the chosen legs cost, and what to know before booking them; asked anew whenever they change. */
export function useQuote({ legs, travellers }: Pick<TripChoice, 'legs' | 'travellers'>) {
  const { data, problem, loading, reload } = useQuery(
    QuoteTripDocument,
    legs.length > 0 ? { input: { legs: [...legs], travellers } } : undefined,
  );
  const refusal = data?.quoteTrip.userErrors.map(({ message }) => message).join(' ');
  return {
    quote: legs.length > 0 ? (data?.quoteTrip.quote ?? undefined) : undefined,
    problem: problem ?? (refusal || undefined),
    loading,
    reload,
  };
}
