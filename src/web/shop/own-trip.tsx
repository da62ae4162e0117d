import type { LegKind, OfferCardFragment } from '../../client/generated.js';
import { OffersOfPlaceDocument } from '../../client/generated.js';
import { LEG_KINDS, LEGS } from '../../model/legs.js';
import { Units } from '../look/elements.js';
import { days, money, sums } from '../look/format.js';
import { useQuery } from '../net/use-query.js';
import { Link, replaceAddress } from '../router.js';
import { LoadProblem } from '../look/load-problem.js';
import { type ChosenLeg, type TripChoice, tripAddress } from './trip-address.js';
import { useQuote } from './use-quote.js';
import { Warnings } from './warnings.js';

/** Kinds of which a trip may have several; of the others, choosing one takes the place of the one before. */
const SEVERAL: readonly LegKind[] = ['EXCURSION'];

/** A trip put together leg by leg, with what it costs so far. */
export function OwnTrip({ trip }: { trip: TripChoice }) {
  const choose = (legs: readonly ChosenLeg[]) => replaceAddress(tripAddress('/', { ...trip, legs }));
  const toggle = (offer: OfferCardFragment) => {
    const isChosen = trip.legs.some(({ offerId }) => offerId === offer.id);
    const others = trip.legs.filter(({ offerId, kind }) =>
      isChosen || SEVERAL.includes(offer.kind) ? offerId !== offer.id : kind !== offer.kind,
    );
    const quantity = Math.ceil(trip.travellers / offer.travellersPerUnit);
    choose(inOrder(isChosen ? others : [...others, { kind: offer.kind, quantity, offerId: offer.id }]));
  };
  return (
    <div class="own-trip">
      <div>
        {trip.place ? (
          LEG_KINDS.map((kind) => <Choices key={kind} kind={kind} trip={trip} toggle={toggle} />)
        ) : (
          <p>Say where you want to go, and choose from what there is.</p>
        )}
      </div>
      <Chosen trip={trip} remove={(index) => choose(trip.legs.filter((_leg, nth) => nth !== index))} />
    </div>
  );
}

/** As a trip is made: the legs are booked in this order. */
const inOrder = (legs: readonly ChosenLeg[]) =>
  legs.toSorted((a, b) => LEG_KINDS.indexOf(a.kind) - LEG_KINDS.indexOf(b.kind));

interface ChoicesProps {
  readonly kind: LegKind;
  readonly trip: TripChoice;
  readonly toggle: (offer: OfferCardFragment) => void;
}

function Choices({ kind, trip: { place, from, to, legs }, toggle }: ChoicesProps) {
  const period = { ...(from && { from }), ...(to && { to }) };
  const { data, problem, loading, reload } = useQuery(OffersOfPlaceDocument, {
    kind,
    places: [place],
    ...((from || to) && { periods: [period] }),
  });
  const { title } = LEGS[kind];
  const offers = data?.offers.nodes;
  return (
    <fieldset class="choices" aria-busy={loading}>
      <legend>{title}</legend>
      <LoadProblem problem={problem} reload={reload} />
      {offers?.length === 0 && <p class="quiet">Nothing is left here on these days.</p>}
      <ul class="offers">
        {offers?.map((offer) => (
          <li key={offer.id}>
            <label class="offer-card">
              <input
                type="checkbox"
                checked={legs.some(({ offerId }) => offerId === offer.id)}
                onChange={() => toggle(offer)}
              />
              <span class="offer-text">
                <bdi>{offer.title}</bdi>
                <span class="quiet">
                  {days(offer.from, offer.to)} · {offer.available} left
                </span>
              </span>
              <strong>{money(offer.price)}</strong>
            </label>
          </li>
        ))}
        {!offers && !problem && <li class="offer-card skeleton" aria-hidden="true" />}
      </ul>
    </fieldset>
  );
}

function Chosen({ trip, remove }: { trip: TripChoice; remove: (index: number) => void }) {
  const { quote, problem, loading, reload } = useQuote(trip);
  return (
    <section class="chosen" aria-labelledby="chosen">
      <h2 id="chosen">Your trip</h2>
      {trip.legs.length === 0 && <p class="quiet">Nothing is chosen yet.</p>}
      <ul>
        {trip.legs.map(({ kind, quantity, offerId }, index) => {
          const title = quote?.legs.find((leg) => leg.offerId === offerId)?.offer?.title ?? offerId;
          return (
            <li key={`${kind} ${offerId}`}>
              <span>
                <Units quantity={quantity} of={title} />
              </span>
              <button type="button" onClick={() => remove(index)}>
                <span aria-hidden="true">×</span>
                <span class="hidden">
                  Remove <bdi>{title}</bdi>
                </span>
              </button>
            </li>
          );
        })}
      </ul>
      <LoadProblem problem={problem} reload={reload} />
      <div role="status" aria-busy={loading}>
        {quote && (
          <p class="price">
            <strong>{sums(quote.total) ?? 'The price is known only at booking'}</strong>
          </p>
        )}
        {quote && <Warnings quote={quote} />}
      </div>
      {trip.legs.length > 0 && (
        <Link class="choose" href={tripAddress('/review', trip)}>
          Review the trip
        </Link>
      )}
    </section>
  );
}
