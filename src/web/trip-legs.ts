import type { LegKind } from '../client/generated.js';

/** The legs that `bookVacation` takes, in the order in which they are reserved: form field and kind. */
export const TRIP_LEGS = [
  { field: 'car', kind: 'CAR' },
  { field: 'hotel', kind: 'HOTEL' },
  { field: 'flight', kind: 'FLIGHT' },
] as const satisfies readonly { field: string; kind: LegKind }[];

export type LegField = (typeof TRIP_LEGS)[number]['field'];
