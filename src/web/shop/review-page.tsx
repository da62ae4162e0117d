import { useEffect, useRef, useState } from 'preact/hooks';
import { LEGS } from '../../model/legs.js';
import { Field, Heading, Units } from '../look/elements.js';
import { clock, counted, days, money, sums } from '../look/format.js';
import { Link, type Address } from '../router.js';
import { LoadProblem } from '../look/load-problem.js';
import { readTrip, tripAddress } from './trip-address.js';
import { UnknownNote } from './unknown-note.js';
import { type BookingRefusal, useBookingRequest } from './use-booking-request.js';
import { type Quote, useQuote } from './use-quote.js';
import { useTraveller } from './use-traveller.js';
import { Warnings } from './warnings.js';
import './shop.css';

/** The quote no longer says what the trip costs. */
const NEEDS_QUOTE: readonly BookingRefusal['code'][] = ['PRICE_CHANGED', 'QUOTE_EXPIRED', 'QUOTE_MISMATCH'];

/** Everything about the trip in words, and who travels; then it is booked. */
export function ReviewPage({ query }: Pick<Address, 'query'>) {
  const trip = readTrip(query);
  const { quote, problem, loading, reload } = useQuote(trip);
  const [name, setName] = useTraveller();
  const request = useBookingRequest();
  const form = useRef<HTMLFormElement>(null);
  const { refusals, busy, kept } = request;
  const change = useExpiry(quote, reload);

  useEffect(() => {
    if (refusals.some(({ code }) => NEEDS_QUOTE.includes(code))) reload();
    // After a rejection, focus moves to the first invalid field.
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [refusals]);

  const nameProblem = refusals.find(({ field }) => field[1] === 'name')?.message;
  const others = refusals.filter(({ field }) => field[1] !== 'name').map(({ message }) => message);
  const total = quote && sums(quote.total);
  return (
    <>
      <Heading title="Review">Your trip, before it is booked</Heading>
      <UnknownNote request={request} />
      <p>
        <Link href={tripAddress('/', { ...trip, own: true })}>Change the trip</Link>
      </p>
      {trip.legs.length === 0 && <p class="note warn">Nothing is chosen yet.</p>}
      <LoadProblem problem={problem} reload={reload} />
      <div class="review" aria-busy={loading}>
        <ol class="review-legs">
          {trip.legs.map(({ offerId, kind }, index) => (
            <ReviewLeg key={`${kind} ${offerId}`} leg={quote?.legs[index]} offerId={offerId} />
          ))}
        </ol>
        {quote && <Warnings quote={quote} />}
        {quote && (
          <p class="price">
            <strong>{total ?? 'The price is known only at booking'}</strong>{' '}
            <span class="quiet">
              for {counted(trip.travellers, 'traveller')}.{' '}
              {total && `The price stands until ${clock(quote.expiresAt)}.`}
            </span>
          </p>
        )}
        <p role="status" class="quiet">
          {change}
        </p>
      </div>
      <form
        ref={form}
        class="book"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (quote) request.book({ name, legs: [...trip.legs], quoteId: quote.id });
        }}
      >
        <Field
          name="name"
          label="Traveller’s name"
          autocomplete="name"
          value={name}
          onValue={setName}
          problem={nameProblem}
        />
        <div role="alert">
          {others.length > 0 && <p class="note bad">{others.join(' ')}</p>}
          {request.problem !== undefined && !kept && <p class="note bad">{request.problem}</p>}
        </div>
        <p class="quiet">All of it or nothing: if one part can’t be had, the others are released.</p>
        {!kept && (
          <button type="submit" class="main-action" aria-disabled={busy || !quote}>
            {buttonText(busy, quote, total)}
          </button>
        )}
      </form>
    </>
  );
}

function buttonText(busy: boolean, quote: Quote | undefined, total: string | undefined): string {
  if (busy) return 'Booking…';
  if (!quote) return 'Waiting for the price…';
  return total === undefined ? 'Book this trip' : `Book this trip for ${total}`;
}

function ReviewLeg({ leg, offerId }: { leg: Quote['legs'][number] | undefined; offerId: string }) {
  if (!leg) return <li class="skeleton">{offerId}</li>;
  const { kind, quantity, offer, price } = leg;
  return (
    <li data-leg={leg.id}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d={LEGS[kind].icon} />
      </svg>
      <div>
        <h2>
          {LEGS[kind].title}: <Units quantity={quantity} of={offer?.title ?? offerId} />
        </h2>
        {offer && (
          <p class="quiet">
            <bdi>{offer.place}</bdi>, {days(offer.from, offer.to)}
          </p>
        )}
      </div>
      <strong>{price ? money(price) : ''}</strong>
    </li>
  );
}

/** Asks for a new quote once the quote has expired. @returns what has become of the price, in words */
function useExpiry(quote: Quote | undefined, reload: () => void): string {
  const [change, setChange] = useState('');
  const before = useRef<string>(undefined);
  useEffect(() => {
    if (!quote) return;
    const total = sums(quote.total) ?? '';
    if (before.current !== undefined && before.current !== total)
      setChange(`The price has changed from ${before.current} to ${total}.`);
    before.current = total;
    const timer = setTimeout(reload, Math.max(Date.parse(quote.expiresAt) - Date.now(), 1000));
    return () => clearTimeout(timer);
  }, [quote?.id]);
  return change;
}
