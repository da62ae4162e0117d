import { useEffect, useState } from 'preact/hooks';
import { OffersDocument, type LegKind, type OffersQuery } from '../client/generated.js';
import { ask } from './ask.js';

export type Offer = OffersQuery['offers']['nodes'][number];
export type OffersByLeg = Readonly<Record<LegKind, readonly Offer[]>>;

const NONE: OffersByLeg = { CAR: [], HOTEL: [], FLIGHT: [] };

/** The first hundred offers of each kind. Without them a trip can still be booked, by typing ids. */
export function useOffers(): { offers: OffersByLeg; problem: string | undefined } {
  const [offers, setOffers] = useState(NONE);
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const load = async (kind: LegKind) => (await ask(OffersDocument, { kind, first: 100 })).offers.nodes;
    Promise.all([load('CAR'), load('HOTEL'), load('FLIGHT')]).then(
      ([CAR, HOTEL, FLIGHT]) => setOffers({ CAR, HOTEL, FLIGHT }),
      (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
    );
  }, []);
  return { offers, problem };
}
