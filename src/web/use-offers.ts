import { useEffect, useState } from 'preact/hooks';
import { OffersDocument, type LegKind, type OffersQuery } from '../client/generated.js';
import { ask } from './ask.js';
import { TRIP_LEGS } from './trip-legs.js';

export type Offer = OffersQuery['offers']['nodes'][number];

/** The first hundred offers for each leg, in trip order. Without them, a trip can still be booked by entering ids. */
export function useOffers(): { offers: readonly Offer[]; problem: string | undefined } {
  const [offers, setOffers] = useState<readonly Offer[]>([]);
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const load = async (kind: LegKind) => (await ask(OffersDocument, { kind, first: 100 })).offers.nodes;
    Promise.all(TRIP_LEGS.map(({ kind }) => load(kind))).then(
      (offersByLeg) => setOffers(offersByLeg.flat()),
      (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
    );
  }, []);
  return { offers, problem };
}
