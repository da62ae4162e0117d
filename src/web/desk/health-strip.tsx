import { HealthDocument, type HealthQuery } from '../../client/generated.js';
import { ago, counted } from '../look/format.js';
import { STATUS_LABELS, type Tone, toneOf } from '../look/words.js';
import { useQuery } from '../net/use-query.js';
import { useRefresh } from '../net/use-refresh.js';

const LOOK_AGAIN_MS = 15_000;
/** What the API counts up to. */
const MOST = 1000;

/** Whether everything that bookings depend on responds, and how many wait. Kept up to date while it is looked at. */
export function HealthStrip() {
  const { data, problem, loading, reload } = useQuery(HealthDocument, {});
  useRefresh(reload, loading, LOOK_AGAIN_MS);
  return (
    <section aria-labelledby="health">
      <h2 id="health">Health</h2>
      <div role="alert">{problem && <p class="note bad">{problem}</p>}</div>
      <ul class="health">
        {data ? (
          lightsOf(data.health).map((light) => <LightItem key={light.name} {...light} />)
        ) : (
          <PendingItem />
        )}
      </ul>
    </section>
  );
}

interface Light {
  readonly name: string;
  readonly state: string;
  readonly tone: Tone;
  readonly detail?: string | null | undefined;
}

const LightItem = ({ name, state, tone, detail }: Light) => (
  <li class={tone} data-light={name}>
    <span class="quiet">{name}</span>
    <strong>{state}</strong>
    {detail && (
      <span class="quiet">
        <bdi>{detail}</bdi>
      </span>
    )}
  </li>
);

const PendingItem = () => (
  <li class="calm">
    <span class="quiet">Health</span>
    <strong>Loading…</strong>
  </li>
);

type Health = HealthQuery['health'];

function lightsOf({ database, temporal, workers, suppliers, bookings }: Health): Light[] {
  const service = (name: string, { up, message }: Health['database']): Light => ({
    name,
    state: up ? 'Up' : 'Down',
    tone: up ? 'good' : 'bad',
    detail: message,
  });
  return [
    service('Database', database),
    service('Temporal', temporal),
    {
      name: 'Workers',
      state: workers == null ? 'Unknown' : workers === 0 ? 'None' : String(workers),
      tone: workers == null ? 'warn' : workers === 0 ? 'bad' : 'good',
      detail: workers === 0 ? 'Bookings wait until one is started.' : undefined,
    },
    ...(suppliers?.length === 0
      ? [{ name: 'Suppliers', state: 'Up', tone: 'good' } as const]
      : (suppliers ?? []).map(({ name, failingLegs, latestError, latestAt }): Light => ({
          name: `Supplier ${name}`,
          state: `${counted(failingLegs, 'leg')} failing`,
          tone: 'warn',
          detail: `${ago(latestAt)}: ${latestError}`,
        }))),
    ...(bookings ?? [])
      .filter(({ count }) => count > 0)
      .map(({ status, count, oldest }): Light => ({
        name: STATUS_LABELS[status],
        state: count >= MOST ? `${MOST} or more` : counted(count, 'booking'),
        tone: toneOf(status),
        detail: oldest && `the oldest booked ${ago(oldest)}`,
      })),
  ];
}
