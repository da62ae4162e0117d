import { useState } from 'preact/hooks';
import { PackagesDocument, type PackagesQuery } from '../../client/generated.js';
import { Units } from '../look/elements.js';
import { counted, days, money } from '../look/format.js';
import { PlacePicture } from '../look/place-picture.js';
import { ask, messageOf } from '../net/ask.js';
import { useOneAtATime } from '../net/use-one-at-a-time.js';
import { useQuery } from '../net/use-query.js';
import { Link, useScrollBack } from '../router.js';
import { LoadProblem } from '../look/load-problem.js';
import { Skeletons } from './skeletons.js';
import { type TripChoice, tripAddress } from './trip-address.js';

type Package = PackagesQuery['packages']['nodes'][number];

/** What fits together for these days and this many travellers. */
export function Packages({ trip }: { trip: TripChoice }) {
  const { place, from, to, travellers } = trip;
  const variables = { place, travellers, ...(from && { from }), ...(to && { to }) };
  const { data, problem, reload } = useQuery(PackagesDocument, place ? variables : undefined);
  const [more, setMore] = useState<PackagesQuery['packages']>();
  const [moreProblem, setMoreProblem] = useState<string>();
  const oneAtATime = useOneAtATime();
  const latest = more ?? data?.packages;
  const packages = data && [...data.packages.nodes, ...(more?.nodes ?? [])];

  useScrollBack(packages !== undefined);

  const loadMore = (after: string) =>
    oneAtATime(async () => {
      setMoreProblem(undefined);
      try {
        const next = (await ask(PackagesDocument, { ...variables, after })).packages;
        setMore((shown) => ({ ...next, nodes: [...(shown?.nodes ?? []), ...next.nodes] }));
      } catch (error) {
        setMoreProblem(messageOf(error));
      }
    });
  if (!place) return <p>Say where you want to go to see packages, or make your own trip.</p>;
  return (
    <section aria-labelledby="packages">
      <h2 id="packages">
        Packages in <bdi>{packages?.[0]?.place ?? place}</bdi>
      </h2>
      <LoadProblem problem={problem} reload={reload} />
      {packages?.length === 0 && (
        <p class="note warn">
          Nothing fits: no car, hotel and flight are left together for {counted(travellers, 'traveller')} on
          these days. Try other days, fewer travellers, or make your own trip.
        </p>
      )}
      <ul class="cards" aria-busy={!packages}>
        {packages?.map((each) => (
          <PackageCard key={each.legs[1]?.offer.id} it={each} trip={trip} />
        ))}
        {!packages && !problem && <Skeletons />}
      </ul>
      <div role="alert">{moreProblem !== undefined && <p class="note bad">{moreProblem}</p>}</div>
      {latest?.pageInfo.hasNextPage && latest.pageInfo.endCursor && (
        <button type="button" class="more" onClick={() => void loadMore(latest.pageInfo.endCursor!)}>
          Load more
        </button>
      )}
    </section>
  );
}

function PackageCard({ it, trip }: { it: Package; trip: TripChoice }) {
  const { place, from, to, nights, total, legs } = it;
  const left = Math.min(...legs.map(({ offer, quantity }) => Math.floor(offer.available / quantity)));
  const [car, hotel, flight] = legs;
  const chosen = legs.map(({ offer, quantity }) => ({ kind: offer.kind, quantity, offerId: offer.id }));
  return (
    <li class="card" data-package={hotel?.offer.id}>
      <PlacePicture place={place} view={hotel?.offer.id ?? ''} />
      <div class="card-text">
        <h3>
          <Part leg={hotel} />
        </h3>
        <p class="quiet">
          {days(from, to)} · {counted(nights, 'night')}
        </p>
        <ul class="parts">
          <li>
            <Part leg={flight} />
          </li>
          <li>
            <Part leg={car} />
          </li>
        </ul>
        <p class="price">
          <strong>{money(total)}</strong>{' '}
          <span class="quiet">for {counted(trip.travellers, 'traveller')}</span>
        </p>
        <p class={`left ${left <= 2 ? 'warn' : 'calm'}`}>{left === 1 ? 'The last one' : `${left} left`}</p>
        <Link class="choose" href={tripAddress('/review', { ...trip, own: false, legs: chosen })}>
          Choose
          <span class="hidden">
            : <bdi>{hotel?.offer.title}</bdi>, {days(from, to)}
          </span>
        </Link>
      </div>
    </li>
  );
}

const Part = ({ leg }: { leg: Package['legs'][number] | undefined }) =>
  leg && (
    <span>
      <Units quantity={leg.quantity} of={leg.offer.title} />
    </span>
  );
