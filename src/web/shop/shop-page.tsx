import { Heading } from '../look/elements.js';
import { Link, type Address } from '../router.js';
import { Destinations } from './destinations.js';
import { OwnTrip } from './own-trip.js';
import { Packages } from './packages.js';
import { SearchTrip } from './search-trip.js';
import { readTrip, tripAddress } from './trip-address.js';
import { TryFailure } from './try-failure.js';
import { UnknownNote } from './unknown-note.js';
import { useBookingRequest } from './use-booking-request.js';
import './shop.css';

/** Where, when and how many; then packages, or a trip of one's own. */
export function ShopPage({ query, development }: Pick<Address, 'query'> & { readonly development: boolean }) {
  const trip = readTrip(query);
  const request = useBookingRequest();
  // Rows that were loaded for another search must not stay.
  const search = tripAddress('/', { ...trip, legs: [], own: false });
  const ways = [
    { title: 'Packages', own: false },
    { title: 'Make your own', own: true },
  ];
  return (
    <>
      <Heading title="Find a trip">Where do you want to go?</Heading>
      <p class="lead">Car, hotel and flight, booked together: the whole trip or nothing.</p>
      <UnknownNote request={request} />
      <SearchTrip key={search} trip={trip} />
      {trip.place === '' && trip.legs.length === 0 ? (
        <Destinations trip={trip} />
      ) : (
        <>
          <nav class="ways" aria-label="Packages or your own trip">
            {ways.map(({ title, own }) => (
              <Link key={title} href={tripAddress('/', { ...trip, own })} current={trip.own === own}>
                {title}
              </Link>
            ))}
          </nav>
          {trip.own ? <OwnTrip trip={trip} /> : <Packages key={search} trip={trip} />}
        </>
      )}
      {development && <TryFailure />}
    </>
  );
}
