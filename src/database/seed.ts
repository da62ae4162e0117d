import type { Queries } from './connection-pool.js';
import { orUnavailable } from './errors.js';

/** An offer for sale: id, title, price, and the units in stock. The id's first word is its kind. */
type SeedOffer = readonly [id: string, title: string, price: string, capacity: number];

export interface SeedStay {
  readonly place: string;
  readonly startsOn: string;
  readonly endsOn: string;
  readonly currency: string;
  readonly offers: readonly SeedOffer[];
}

/**
 * A small catalogue of trips that fit together. Some offers are nearly sold out, and one has none left. No id contains a
 * word that makes the sandbox fail, so that each works with either supplier.
 */
export const SEED_STAYS: readonly SeedStay[] = [
  {
    place: 'Reykjavik',
    startsOn: '2027-02-12',
    endsOn: '2027-02-19',
    currency: 'EUR',
    offers: [
      ['car-reykjavik-compact', 'Compact car, studded tyres', '420.00', 5],
      ['hotel-reykjavik-aurora', 'Aurora Lodge, glass cabin', '1875.50', 2],
      ['flight-reykjavik-winter', 'Copenhagen to Reykjavik and back, economy', '198.00', 18],
    ],
  },
  {
    place: 'Lisbon',
    startsOn: '2027-05-03',
    endsOn: '2027-05-10',
    currency: 'EUR',
    offers: [
      ['car-lisbon-compact', 'Compact car, five doors', '189.00', 12],
      ['car-lisbon-cabrio', 'Two-seat convertible', '412.50', 2],
      ['hotel-lisbon-alfama', 'Casa Alfama, double with river view', '742.00', 6],
      ['hotel-lisbon-baixa', 'Pensão Baixa, single', '385.00', 9],
      ['flight-lisbon-economy', 'Berlin to Lisbon and back, economy', '214.30', 40],
      ['flight-lisbon-business', 'Berlin to Lisbon and back, business', '689.00', 6],
    ],
  },
  {
    place: 'Rome',
    startsOn: '2027-05-15',
    endsOn: '2027-05-22',
    currency: 'EUR',
    offers: [
      ['car-rome-city', 'Electric city car', '231.00', 8],
      ['car-rome-van', 'Van for nine', '655.00', 3],
      ['hotel-rome-trastevere', 'Albergo Trastevere, double', '868.00', 8],
      ['hotel-rome-navona', 'Palazzo Navona, junior suite', '1995.00', 1],
      ['flight-rome-economy', 'Vienna to Rome and back, economy', '149.00', 35],
      ['flight-rome-flex', 'Vienna to Rome and back, economy, free changes', '265.00', 10],
    ],
  },
  {
    place: 'Zurich',
    startsOn: '2027-06-05',
    endsOn: '2027-06-12',
    currency: 'CHF',
    offers: [
      ['car-zurich-estate', 'Estate car, four-wheel drive', '498.00', 6],
      ['car-zurich-electric', 'Electric saloon', '560.40', 1],
      ['hotel-zurich-limmat', 'Limmathof, double', '1316.00', 5],
      ['hotel-zurich-uetliberg', 'Berghaus Uetliberg, room with breakfast', '980.00', 2],
      ['flight-zurich-economy', 'London to Zurich and back, economy', '168.00', 25],
    ],
  },
  {
    place: 'Reykjavik',
    startsOn: '2027-07-01',
    endsOn: '2027-07-11',
    currency: 'EUR',
    offers: [
      ['car-reykjavik-jeep', 'Four-wheel drive with roof tent', '1340.00', 4],
      ['hotel-reykjavik-harbour', 'Old Harbour Guesthouse, twin', '1490.00', 6],
      ['flight-reykjavik-summer', 'Copenhagen to Reykjavik and back, economy', '342.00', 20],
    ],
  },
  {
    place: 'New York',
    startsOn: '2027-09-04',
    endsOn: '2027-09-11',
    currency: 'USD',
    offers: [
      ['car-newyork-suv', 'Full-size SUV', '729.99', 7],
      ['car-newyork-pickup', 'Pickup truck', '689.00', 0],
      ['hotel-newyork-midtown', 'Midtown Corner, queen room', '1673.00', 15],
      ['hotel-newyork-brooklyn', 'Brooklyn Brownstone, studio', '1449.00', 3],
      ['flight-newyork-economy', 'Paris to New York and back, economy', '574.00', 45],
      ['flight-newyork-first', 'Paris to New York and back, first', '6890.00', 1],
    ],
  },
  {
    place: 'Lisbon',
    startsOn: '2027-09-13',
    endsOn: '2027-09-27',
    currency: 'EUR',
    offers: [
      ['car-lisbon-camper', 'Camper van for two', '1180.00', 2],
      ['hotel-lisbon-cascais', 'Cascais Bay Resort, family room', '2210.00', 4],
      ['flight-lisbon-autumn', 'Berlin to Lisbon and back, economy', '178.90', 30],
    ],
  },
  {
    place: 'Kyoto',
    startsOn: '2027-11-06',
    endsOn: '2027-11-16',
    currency: 'JPY',
    offers: [
      ['car-kyoto-kei', 'Kei car, automatic', '38500.00', 10],
      ['hotel-kyoto-ryokan', 'Ryokan Higashiyama, tatami room, half board', '286000.00', 4],
      ['hotel-kyoto-station', 'Kyoto Station Inn, double', '134000.00', 20],
      ['flight-kyoto-economy', 'Frankfurt to Osaka for Kyoto and back, economy', '142000.00', 30],
      ['flight-kyoto-premium', 'Frankfurt to Osaka for Kyoto and back, premium', '276000.00', 8],
    ],
  },
];

/** Existing offers stay as they are, including the number sold. */
const INSERT = `
  insert into offers (id, kind, title, place, starts_on, ends_on, price, currency, capacity)
  select id, kind, title, place, starts_on, ends_on, price, currency, capacity
  from json_populate_recordset(null::offers, $1)`;

/** Adds the catalogue to the database. Safe to repeat. @returns how many offers were added */
export function seedOffers(pool: Queries): Promise<number> {
  return insert(pool, `${INSERT} on conflict (id) do nothing`);
}

/**
 * Seeds a database that has no offers yet. If two processes start at once, the second one's insert waits for the first
 * one's, and then finds the rows.
 * @returns whether this call seeded it
 */
export async function seedIfEmpty(pool: Queries): Promise<boolean> {
  const seeded = await insert(
    pool,
    `${INSERT} where not exists (select from offers) on conflict (id) do nothing`,
  );
  return seeded > 0;
}

async function insert(pool: Queries, sql: string): Promise<number> {
  const rows = SEED_STAYS.flatMap(({ place, startsOn, endsOn, currency, offers }) =>
    offers.map(([id, title, price, capacity]) => ({
      id,
      kind: id.split('-')[0]?.toUpperCase(),
      title,
      place,
      starts_on: startsOn,
      ends_on: endsOn,
      price,
      currency,
      capacity,
    })),
  );
  const { rowCount } = await orUnavailable(() => pool.query(sql, [JSON.stringify(rows)]));
  return rowCount ?? 0;
}
