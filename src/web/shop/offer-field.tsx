import { useEffect, useState } from 'preact/hooks';
import { type LegKind, OffersDocument, type OffersQuery } from '../../client/generated.js';
import { ask } from '../net/ask.js';
import { Field } from '../look/elements.js';
import { legTitle } from '../look/words.js';

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

/** The legs that `bookVacation` takes, in the order in which they are reserved: form field and kind. */
export const TRIP_LEGS = [
  { field: 'car', kind: 'CAR' },
  { field: 'hotel', kind: 'HOTEL' },
  { field: 'flight', kind: 'FLIGHT' },
] as const satisfies readonly { field: string; kind: LegKind }[];

export type LegField = (typeof TRIP_LEGS)[number]['field'];

interface OfferFieldProps {
  readonly kind: LegKind;
  readonly name: string;
  readonly value: string;
  readonly offers: readonly Offer[];
  readonly onValue: (value: string) => void;
  readonly problem: string | undefined;
}

/** An offer of the catalogue, or any id. Choosing an offer fills in its id. */
export function OfferField({ kind, name, value, offers, onValue, problem }: OfferFieldProps) {
  const title = legTitle(kind);
  const chosen = offers.some(({ id }) => id === value) ? value : '';
  return (
    <fieldset class="leg-choice">
      <legend>{title}</legend>
      <div class="field">
        <label for={`offer-${name}`}>{title} offers</label>
        <select
          id={`offer-${name}`}
          value={chosen}
          onChange={({ currentTarget }) => currentTarget.value && onValue(currentTarget.value)}
        >
          <option value="">{offers.length ? 'Enter an id below' : 'No offers available'}</option>
          {offers.map((offer) => (
            <option key={offer.id} value={offer.id}>
              {offerLabel(offer)}
            </option>
          ))}
        </select>
      </div>
      <Field
        name={name}
        label={`${title} id`}
        value={value}
        onValue={onValue}
        problem={problem}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
      />
    </fieldset>
  );
}

const offerLabel = ({ place, title, from, to, price, available }: Offer) =>
  `${place}, ${from} to ${to}: ${title}, ${price.amount} ${price.currency} (${available === 0 ? 'sold out' : `${available} left`})`;
