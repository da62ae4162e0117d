import type { TargetedSubmitEvent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { BookVacationDocument } from '../../client/generated.js';
import { ask } from '../net/ask.js';
import { useDraft } from '../session/drafts.js';
import { Field, Heading } from '../look/elements.js';
import { type LegField, type Offer, OfferField, TRIP_LEGS, useOffers } from './offer-field.js';
import { navigate } from '../router.js';
import { keyFor, type RequestKey } from '../booking/use-request.js';

/** The form's fields as typed. */
export type Trip = Readonly<Record<'name' | 'attempts' | LegField, string>>;

interface Scenario {
  readonly title: string;
  readonly expect: string;
  readonly trip: Trip;
}

export const TUTORIAL_TRIP: Trip = {
  name: 'John Doe',
  attempts: '5',
  car: 'valid-car-id',
  hotel: 'valid-hotel-id',
  flight: 'valid-flight-id',
};

/** The tutorial's two requests, and trips that fail in other ways. Ids with such words go to the sandbox supplier. */
export const scenarios = (offers: readonly Offer[]): readonly Scenario[] => [
  { title: 'All goes well', expect: 'The hotel is down once, then the trip is booked.', trip: TUTORIAL_TRIP },
  {
    title: 'The hotel refuses',
    expect: 'The hotel and the car are undone.',
    trip: { ...TUTORIAL_TRIP, attempts: '3', hotel: 'invalid-hotel-id' },
  },
  {
    title: 'The hotel is down twice',
    expect: 'It is booked on the third attempt.',
    trip: { ...TUTORIAL_TRIP, hotel: 'hotel-down-2' },
  },
  { title: 'Sold out', expect: 'The legs booked before it are undone.', trip: soldOut(offers) },
  {
    title: 'An undo gets stuck',
    expect: 'The car can’t be released, so an operator has to decide.',
    trip: { ...TUTORIAL_TRIP, car: 'car-undo-down', flight: 'invalid-flight-id' },
  },
];

/** A sold-out offer of the catalogue, if there is one, as late in the trip as possible so that more is undone. */
function soldOut(offers: readonly Offer[]): Trip {
  const soldOutOffer = offers.findLast(({ available }) => available === 0);
  const leg = TRIP_LEGS.find(({ kind }) => kind === soldOutOffer?.kind);
  if (!soldOutOffer || !leg) return { ...TUTORIAL_TRIP, flight: 'no-such-flight' };
  return { ...TUTORIAL_TRIP, [leg.field]: soldOutOffer.id };
}

const FIELDS: readonly (keyof Trip)[] = ['name', 'attempts', ...TRIP_LEGS.map(({ field }) => field)];
/** Messages by field; those that belong to no field are under `form`. */
type Problems = Partial<Record<keyof Trip | 'form', string>>;

export function BookPage() {
  const { offers, problem: offersProblem } = useOffers();
  const [trip, setTrip] = useDraft('trip', TUTORIAL_TRIP);
  const [problems, setProblems] = useState<Problems>({});
  const [busy, setBusy] = useState(false);
  const [filledIn, setFilledIn] = useState('');
  const [latest] = useDraft<RequestKey>('request', {});
  const form = useRef<HTMLFormElement>(null);

  // After a rejection, focus moves to the first invalid field.
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(), [problems]);

  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblems({});
    book(trip, latest)
      .then((outcome) =>
        typeof outcome === 'string'
          ? navigate(`/bookings/${encodeURIComponent(outcome)}`)
          : setProblems(outcome),
      )
      .catch((error: unknown) =>
        setProblems({ form: error instanceof Error ? error.message : String(error) }),
      )
      .finally(() => setBusy(false));
  };

  const field = (name: keyof Trip) => ({
    name,
    value: trip[name],
    problem: problems[name],
    onValue: (value: string) => setTrip((now) => ({ ...now, [name]: value })),
  });

  return (
    <>
      <Heading title="Book a trip">Book a trip</Heading>
      <p class="lead">The whole trip or nothing: if one part can’t be booked, the others are undone.</p>

      <section aria-labelledby="scenarios">
        <h2 id="scenarios">Fill in an example</h2>
        <ul class="scenarios">
          {scenarios(offers).map(({ title, expect, trip: example }) => (
            <li key={title}>
              <button
                type="button"
                class="scenario"
                onClick={() => {
                  setTrip(example);
                  setProblems({});
                  setFilledIn(`Filled in: ${title}.`);
                }}
              >
                <strong>{title}</strong> <span>{expect}</span>
              </button>
            </li>
          ))}
        </ul>
        <p role="status" class="quiet">
          {filledIn}
        </p>
      </section>

      <form ref={form} noValidate onSubmit={submit} aria-labelledby="trip">
        <h2 id="trip">Your trip</h2>
        {offersProblem && (
          <p class="note warn">
            The offers can’t be loaded: {offersProblem} You can still enter ids by hand.
          </p>
        )}
        <div class="legs">
          {TRIP_LEGS.map((leg) => (
            <OfferField
              key={leg.field}
              kind={leg.kind}
              offers={offers.filter(({ kind }) => kind === leg.kind)}
              {...field(leg.field)}
            />
          ))}
        </div>
        <div class="who">
          <Field label="Traveller’s name" autocomplete="name" {...field('name')} />
          <Field label="Attempts to book the hotel" inputMode="numeric" {...field('attempts')} />
        </div>
        <div role="alert">{problems.form && <p class="note bad">{problems.form}</p>}</div>
        <button type="submit" class="main-action" aria-disabled={busy}>
          {busy ? 'Booking…' : 'Book the trip'}
        </button>
      </form>
    </>
  );
}

/** Returns the booking's id, or the problems with the trip. */
async function book(trip: Trip, latest: RequestKey): Promise<string | Problems> {
  const attempts = Number(trip.attempts);
  // GraphQL would reject it too, with a message written for programmers.
  if (!Number.isInteger(attempts) || trip.attempts.trim() === '')
    return { attempts: 'Enter a whole number between 1 and 100.' };
  const request = { ...trip, attempts };
  const input = { ...request, idempotencyKey: keyFor(latest, JSON.stringify(request)) };
  const { booking, userErrors } = (await ask(BookVacationDocument, { input })).bookVacation;
  if (booking) return booking.id;
  const problems: Problems = {};
  for (const { field, message } of userErrors) {
    const name = FIELDS.find((known) => known === field[1]) ?? 'form';
    problems[name] = [problems[name], message].filter(Boolean).join(' ');
  }
  return problems;
}
