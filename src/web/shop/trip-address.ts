import { LEG_KINDS, type LegKind } from '../../model/legs.js';

export interface ChosenLeg {
  readonly kind: LegKind;
  /** Units of the offer. */
  readonly quantity: number;
  readonly offerId: string;
}

/** What a visitor looks for and has chosen so far. All of it is in the address, so it survives Back, reload and sharing. */
export interface TripChoice {
  readonly place: string;
  /** Days as `2027-05-03`; empty if open. */
  readonly from: string;
  readonly to: string;
  readonly travellers: number;
  /** Whether the visitor puts the trip together, instead of taking a package. */
  readonly own: boolean;
  readonly legs: readonly ChosenLeg[];
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const LEG = /^([A-Z]+)\.(\d{1,4})\.(.+)$/s;
export const MAX_TRAVELLERS = 1000;

/** What can't be read is ignored. */
export function readTrip(query: URLSearchParams): TripChoice {
  const day = (name: string) => (DAY.test(query.get(name) ?? '') ? query.get(name)! : '');
  return {
    place: query.get('place')?.trim() ?? '',
    from: day('from'),
    to: day('to'),
    travellers: readTravellers(query.get('travellers')) ?? 1,
    own: query.get('view') === 'own',
    legs: query.getAll('leg').flatMap(readLeg),
  };
}

/** @returns undefined if it isn't a whole number from 1 to the most that the API takes */
export function readTravellers(text: string | null): number | undefined {
  const count = /^\s*\d{1,4}\s*$/.test(text ?? '') ? Number(text) : 0;
  return count >= 1 && count <= MAX_TRAVELLERS ? count : undefined;
}

function readLeg(text: string): ChosenLeg[] {
  const [, kind, quantity = '0', offerId] = LEG.exec(text) ?? [];
  const known = LEG_KINDS.find((each) => each === kind);
  return known && offerId !== undefined && Number(quantity) >= 1
    ? [{ kind: known, quantity: Number(quantity), offerId }]
    : [];
}

/** The address of a page of the shop: `/`, or `/review`. */
export function tripAddress(path: '/' | '/review', trip: TripChoice): string {
  const query = new URLSearchParams();
  if (trip.place) query.set('place', trip.place);
  if (trip.from) query.set('from', trip.from);
  if (trip.to) query.set('to', trip.to);
  if (trip.travellers !== 1) query.set('travellers', String(trip.travellers));
  if (trip.own) query.set('view', 'own');
  for (const { kind, quantity, offerId } of trip.legs) query.append('leg', `${kind}.${quantity}.${offerId}`);
  return query.size > 0 ? `${path}?${query}` : path;
}
