import { toMinor } from '../money/decimal.js';
import type { Queries } from './connection-pool.js';
import { orUnavailable } from './errors.js';

/** An offer for sale. The id's first word is its kind. */
type SeedOffer = readonly [
  id: string,
  title: string,
  price: string,
  travellersPerUnit: number,
  capacity: number,
];

interface SeedStay {
  readonly place: string;
  readonly timeZone: string;
  /** Month and day of its first day: `05-03`. */
  readonly startsOn: string;
  readonly nights: number;
  readonly currency: string;
  readonly offers: readonly SeedOffer[];
}

/**
 * A small catalogue of trips that fit together. Some offers are nearly sold out, and one has none left. No id contains a
 * word that makes the sandbox fail, so that each works with either supplier.
 */
const STAYS: readonly SeedStay[] = [
  {
    place: 'Reykjavik',
    timeZone: 'Atlantic/Reykjavik',
    startsOn: '02-12',
    nights: 7,
    currency: 'EUR',
    offers: [
      ['car-reykjavik-compact', 'Compact car, studded tyres', '420.00', 5, 5],
      ['hotel-reykjavik-aurora', 'Aurora Lodge, glass cabin', '1875.50', 2, 2],
      ['flight-reykjavik-winter', 'Copenhagen to Reykjavik and back, economy', '198.00', 1, 18],
      ['transfer-reykjavik-airport', 'Keflavik Airport to the city and back, shared coach', '58.00', 1, 40],
      ['excursion-reykjavik-auroras', 'Northern lights by minibus, four hours', '92.00', 1, 16],
    ],
  },
  {
    place: 'Lisbon',
    timeZone: 'Europe/Lisbon',
    startsOn: '05-03',
    nights: 7,
    currency: 'EUR',
    offers: [
      ['car-lisbon-compact', 'Compact car, five doors', '189.00', 5, 12],
      ['car-lisbon-cabrio', 'Two-seat convertible', '412.50', 2, 2],
      ['hotel-lisbon-alfama', 'Casa Alfama, double with river view', '742.00', 2, 6],
      ['hotel-lisbon-baixa', 'Pensão Baixa, single', '385.00', 1, 9],
      ['flight-lisbon-economy', 'Berlin to Lisbon and back, economy', '214.30', 1, 40],
      ['flight-lisbon-business', 'Berlin to Lisbon and back, business', '689.00', 1, 6],
      ['transfer-lisbon-airport', 'Airport to the hotel and back, private car', '64.00', 3, 8],
      ['transfer-lisbon-shuttle', 'Airport to the hotel and back, shared minibus', '24.50', 1, 20],
      ['excursion-lisbon-sintra', 'Sintra and Cabo da Roca, guided day tour', '89.00', 1, 14],
      ['excursion-lisbon-fado', 'Guided walk through Alfama with a fado supper', '74.50', 1, 10],
    ],
  },
  {
    place: 'Rome',
    timeZone: 'Europe/Rome',
    startsOn: '05-15',
    nights: 7,
    currency: 'EUR',
    offers: [
      ['car-rome-city', 'Electric city car', '231.00', 4, 8],
      ['car-rome-van', 'Van for nine', '655.00', 9, 3],
      ['hotel-rome-trastevere', 'Albergo Trastevere, double', '868.00', 2, 8],
      ['hotel-rome-navona', 'Palazzo Navona, junior suite', '1995.00', 2, 1],
      ['flight-rome-economy', 'Vienna to Rome and back, economy', '149.00', 1, 35],
      ['flight-rome-flex', 'Vienna to Rome and back, economy, free changes', '265.00', 1, 10],
      ['transfer-rome-airport', 'Fiumicino Airport to the hotel and back, private car', '110.00', 3, 6],
      ['excursion-rome-forum', 'Colosseum and Forum, guided tour', '69.00', 1, 25],
      ['excursion-rome-vatican', 'Vatican Museums before opening hours, guided tour', '128.00', 1, 3],
    ],
  },
  {
    place: 'Zurich',
    timeZone: 'Europe/Zurich',
    startsOn: '06-05',
    nights: 7,
    currency: 'CHF',
    offers: [
      ['car-zurich-estate', 'Estate car, four-wheel drive', '498.00', 5, 6],
      ['car-zurich-electric', 'Electric saloon', '560.40', 5, 1],
      ['hotel-zurich-limmat', 'Limmathof, double', '1316.00', 2, 5],
      ['hotel-zurich-uetliberg', 'Berghaus Uetliberg, room with breakfast', '980.00', 2, 2],
      ['flight-zurich-economy', 'London to Zurich and back, economy', '168.00', 1, 25],
      ['transfer-zurich-airport', 'Airport to the hotel and back, private car', '96.00', 3, 5],
      ['excursion-zurich-titlis', 'Mount Titlis by cable car, guided day tour', '189.00', 1, 18],
    ],
  },
  {
    place: 'Reykjavik',
    timeZone: 'Atlantic/Reykjavik',
    startsOn: '07-01',
    nights: 10,
    currency: 'EUR',
    offers: [
      ['car-reykjavik-jeep', 'Four-wheel drive with roof tent', '1340.00', 4, 4],
      ['hotel-reykjavik-harbour', 'Old Harbour Guesthouse, twin', '1490.00', 2, 6],
      ['flight-reykjavik-summer', 'Copenhagen to Reykjavik and back, economy', '342.00', 1, 20],
      ['transfer-reykjavik-coach', 'Keflavik Airport to the city and back, shared coach', '58.00', 1, 40],
      ['excursion-reykjavik-whales', 'Whale watching from the Old Harbour, three hours', '105.00', 1, 30],
    ],
  },
  {
    place: 'New York',
    timeZone: 'America/New_York',
    startsOn: '09-04',
    nights: 7,
    currency: 'USD',
    offers: [
      ['car-newyork-suv', 'Full-size SUV', '729.99', 7, 7],
      ['car-newyork-pickup', 'Pickup truck', '689.00', 5, 0],
      ['hotel-newyork-midtown', 'Midtown Corner, queen room', '1673.00', 2, 15],
      ['hotel-newyork-brooklyn', 'Brooklyn Brownstone, studio', '1449.00', 2, 3],
      ['flight-newyork-economy', 'Paris to New York and back, economy', '574.00', 1, 45],
      ['flight-newyork-first', 'Paris to New York and back, first', '6890.00', 1, 1],
      ['transfer-newyork-airport', 'JFK Airport to the hotel and back, private car', '178.00', 3, 9],
      ['excursion-newyork-harbour', 'Harbour cruise to the Statue of Liberty, guided', '67.00', 1, 50],
      ['excursion-newyork-harlem', 'Jazz in Harlem, guided evening walk', '85.00', 1, 12],
    ],
  },
  {
    place: 'Lisbon',
    timeZone: 'Europe/Lisbon',
    startsOn: '09-13',
    nights: 14,
    currency: 'EUR',
    offers: [
      ['car-lisbon-camper', 'Camper van for two', '1180.00', 2, 2],
      ['hotel-lisbon-cascais', 'Cascais Bay Resort, family room', '2210.00', 4, 4],
      ['flight-lisbon-autumn', 'Berlin to Lisbon and back, economy', '178.90', 1, 30],
      ['transfer-lisbon-cascais', 'Lisbon Airport to Cascais and back, private car', '98.00', 3, 6],
      ['excursion-lisbon-dolphins', 'Dolphins off Cascais, half a day by boat', '79.00', 1, 12],
    ],
  },
  {
    place: 'Kyoto',
    timeZone: 'Asia/Tokyo',
    startsOn: '11-06',
    nights: 10,
    currency: 'JPY',
    offers: [
      ['car-kyoto-kei', 'Kei car, automatic', '38500', 4, 10],
      ['hotel-kyoto-ryokan', 'Ryokan Higashiyama, tatami room, half board', '286000', 2, 4],
      ['hotel-kyoto-station', 'Kyoto Station Inn, double', '134000', 2, 20],
      ['flight-kyoto-economy', 'Frankfurt to Osaka for Kyoto and back, economy', '142000', 1, 30],
      ['flight-kyoto-premium', 'Frankfurt to Osaka for Kyoto and back, premium', '276000', 1, 8],
      ['transfer-kyoto-kansai', 'Kansai Airport to Kyoto Station and back, limited express', '7200', 1, 40],
      ['excursion-kyoto-nara', 'Nara and its deer park, guided day tour', '14800', 1, 16],
    ],
  },
];

/** Existing offers stay as they are, including the number sold. */
const INSERT = `
  insert into offers
    (id, kind, title, place, starts_on, ends_on, time_zone, price_minor, currency, travellers_per_unit, capacity)
  select id, kind, title, place, starts_on, ends_on, time_zone, price_minor, currency, travellers_per_unit, capacity
  from json_populate_recordset(null::offers, $1)`;

/**
 * Adds the catalogue to the database, with days in the year to come. Safe to repeat.
 * @returns how many offers were added
 */
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
  const rows = STAYS.flatMap(({ place, timeZone, startsOn, nights, currency, offers }) => {
    const firstDay = nextTime(startsOn);
    return offers.map(([id, title, price, travellersPerUnit, capacity]) => ({
      id,
      kind: id.split('-')[0]?.toUpperCase(),
      title,
      place,
      starts_on: isoDay(firstDay),
      ends_on: isoDay(firstDay + nights * DAY_MS),
      time_zone: timeZone,
      price_minor: toMinor(price, currency),
      currency,
      travellers_per_unit: travellersPerUnit,
      capacity,
    }));
  });
  const { rowCount } = await orUnavailable(() => pool.query(sql, [JSON.stringify(rows)]));
  return rowCount ?? 0;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const isoDay = (time: number) => new Date(time).toISOString().slice(0, 10);

/** A month and a day when they next come, but no sooner than in a month. */
function nextTime(monthAndDay: string): number {
  const soonest = Date.now() + 30 * DAY_MS;
  const inYear = (year: number) => Date.parse(`${year}-${monthAndDay}`);
  const year = new Date(soonest).getUTCFullYear();
  return inYear(year) >= soonest ? inYear(year) : inYear(year + 1);
}
