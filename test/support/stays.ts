import type { offers } from '../../src/database/tables.js';

export type OfferRow = typeof offers.$inferInsert;

/** An offer of a stay that is far ahead: one unit for one traveller costs one of the currency. */
export const anOffer = (row: Pick<OfferRow, 'id' | 'kind'> & Partial<OfferRow>): OfferRow => ({
  title: `The ${row.kind.toLowerCase()} ${row.id}`,
  place: 'Lisbon',
  startsOn: '2999-05-01',
  endsOn: '2999-05-08',
  timeZone: 'Europe/Lisbon',
  priceMinor: 100,
  currency: 'EUR',
  travellersPerUnit: 1,
  capacity: 5,
  ...row,
});

/** What a package needs, one offer of each kind. @param id the end of their ids */
export const aStay = (id: string, row: Partial<OfferRow> = {}): OfferRow[] =>
  ['CAR', 'HOTEL', 'FLIGHT'].map((kind) => anOffer({ id: `${kind.toLowerCase()}-${id}`, kind, ...row }));
