import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { BookVacationDocument } from '../../client/generated.js';
import { Field } from '../look/elements.js';
import { ask, messageOf } from '../net/ask.js';
import { useOneAtATime } from '../net/use-one-at-a-time.js';
import { navigate } from '../router.js';
import { useDraft } from '../session/drafts.js';
import { newKey } from './kept-request.js';

/** The form's fields as typed. */
type Trip = Readonly<Record<'name' | 'attempts' | 'car' | 'hotel' | 'flight', string>>;

interface Scenario {
  readonly title: string;
  readonly expect: string;
  readonly trip: Trip;
}

const TUTORIAL_TRIP: Trip = {
  name: 'John Doe',
  attempts: '5',
  car: 'valid-car-id',
  hotel: 'valid-hotel-id',
  flight: 'valid-flight-id',
};

/** The tutorial's two requests, and trips that fail in other ways. Ids with such words go to the sandbox supplier. */
const SCENARIOS: readonly Scenario[] = [
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
  {
    title: 'Sold out',
    expect: 'The pickup truck is sold out, so nothing is booked.',
    trip: { ...TUTORIAL_TRIP, car: 'car-newyork-pickup' },
  },
  {
    title: 'An undo gets stuck',
    expect: 'The car can’t be released, so an operator has to decide.',
    trip: { ...TUTORIAL_TRIP, car: 'car-undo-down', flight: 'invalid-flight-id' },
  },
];

const FIELDS: readonly (readonly [keyof Trip, string])[] = [
  ['car', 'Car id'],
  ['hotel', 'Hotel id'],
  ['flight', 'Flight id'],
  ['name', 'Name'],
  ['attempts', 'Attempts to book the hotel'],
];

/** For developers: trips that fail in a way that can be chosen. */
export function TryFailure() {
  const [trip, setTrip] = useDraft('try-failure', TUTORIAL_TRIP);
  const [problem, setProblem] = useState<string>();
  const oneAtATime = useOneAtATime();
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    void oneAtATime(() =>
      book(trip)
        .then((booked) => ('id' in booked ? navigate(`/bookings/${booked.id}`) : setProblem(booked.problem)))
        .catch((error: unknown) => setProblem(messageOf(error))),
    );
  };
  return (
    <details class="try-failure">
      <summary>Try a failure</summary>
      <p class="quiet">
        Only in development. The words in an id tell the sandbox supplier what goes wrong:{' '}
        <code>invalid</code>, <code>down-2</code>, <code>slow-5</code>, <code>undo-down</code>.
      </p>
      <ul class="scenarios">
        {SCENARIOS.map(({ title, expect, trip: example }) => (
          <li key={title}>
            <button type="button" onClick={() => setTrip(example)}>
              <strong>{title}</strong> <span class="quiet">{expect}</span>
            </button>
          </li>
        ))}
      </ul>
      <form noValidate class="filter" onSubmit={submit}>
        {FIELDS.map(([name, label]) => (
          <Field
            key={name}
            name={`try-${name}`}
            label={label}
            value={trip[name]}
            onValue={(value) => setTrip((now) => ({ ...now, [name]: value }))}
            autocomplete="off"
            spellcheck={false}
          />
        ))}
        <button type="submit">Book the trip</button>
      </form>
      <div role="alert">{problem !== undefined && <p class="note bad">{problem}</p>}</div>
    </details>
  );
}

async function book(trip: Trip): Promise<{ id: string } | { problem: string }> {
  const attempts = Number(trip.attempts);
  if (!Number.isInteger(attempts) || trip.attempts.trim() === '')
    return { problem: 'Attempts must be a whole number between 1 and 100.' };
  const input = { ...trip, attempts, idempotencyKey: newKey() };
  const { booking, userErrors } = (await ask(BookVacationDocument, { input })).bookVacation;
  return booking
    ? { id: encodeURIComponent(booking.id) }
    : { problem: userErrors.map(({ message }) => message).join(' ') };
}
