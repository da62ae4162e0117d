import { PlacesDocument } from '../../client/generated.js';
import { days } from '../look/format.js';
import { PlacePicture } from '../look/place-picture.js';
import { useQuery } from '../net/use-query.js';
import { Link } from '../router.js';
import { LoadProblem } from '../look/load-problem.js';
import { Skeletons } from './skeletons.js';
import { type TripChoice, tripAddress } from './trip-address.js';

/** The places that there are trips to, for whoever has no place in mind. */
export function Destinations({ trip }: { trip: TripChoice }) {
  const { data, problem, reload } = useQuery(PlacesDocument, { first: 60 });
  const places = data?.places.nodes;
  return (
    <section aria-labelledby="destinations">
      <h2 id="destinations">Our places</h2>
      <LoadProblem problem={problem} reload={reload} />
      {places?.length === 0 && <p>There is nothing for sale at the moment. Please look again later.</p>}
      <ul class="cards">
        {places?.map(({ name, from, to }) => (
          <li key={name} class="card">
            <PlacePicture place={name} />
            <div class="card-text">
              <h3>
                <Link class="whole-card" href={tripAddress('/', { ...trip, place: name })}>
                  <bdi>{name}</bdi>
                </Link>
              </h3>
              <p class="quiet">{days(from, to)}</p>
            </div>
          </li>
        ))}
        {!places && !problem && <Skeletons />}
      </ul>
    </section>
  );
}
