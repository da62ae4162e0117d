import { useState } from 'preact/hooks';
import { PlacesDocument } from '../../client/generated.js';
import { Combobox } from '../look/combobox.js';
import { DateRange } from '../look/date-range.js';
import { Field } from '../look/elements.js';
import { useQuery } from '../net/use-query.js';
import { navigate } from '../router.js';
import { MAX_TRAVELLERS, readTravellers, type TripChoice, tripAddress } from './trip-address.js';

/** Where, when and how many travel. */
export function SearchTrip({ trip }: { trip: TripChoice }) {
  const [place, setPlace] = useState(trip.place);
  const [{ from, to }, setDays] = useState({ from: trip.from, to: trip.to });
  const [travellers, setTravellers] = useState(String(trip.travellers));
  const [problem, setProblem] = useState<string>();
  const text = place.trim();
  const { data } = useQuery(PlacesDocument, { first: 8, ...(text && { text }) });

  const search = (wanted: string) => {
    const count = readTravellers(travellers);
    setProblem(count === undefined ? `Enter a whole number between 1 and ${MAX_TRAVELLERS}.` : undefined);
    if (count === undefined) return;
    navigate(tripAddress('/', { ...trip, place: wanted.trim(), from, to, travellers: count, legs: [] }));
  };
  return (
    <form
      class="search-trip"
      role="search"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        search(place);
      }}
    >
      <Combobox
        name="place"
        label="Where"
        value={place}
        suggestions={data?.places.nodes.map(({ name }) => name) ?? []}
        onValue={setPlace}
        onTake={setPlace}
      />
      <DateRange from={from} to={to} onRange={(first, last) => setDays({ from: first, to: last })} />
      <Field
        name="travellers"
        label="Travellers"
        inputMode="numeric"
        value={travellers}
        onValue={setTravellers}
        problem={problem}
      />
      <button type="submit" class="main-action">
        Find trips
      </button>
    </form>
  );
}
