import type { LegKind } from './legs.js';
import { nightsBetween } from './nights.js';
import type { Offer } from './offer.js';

/** What a traveller should know before booking. None of these keeps a trip from being booked. A new one is one line. */
export const WARNINGS = {
  OFFER_UNKNOWN: 'Our own stock has no such offer for this kind of leg.',
  PRICE_UNKNOWN: 'The supplier tells the price only when the leg is booked. It is not part of the total.',
  TOO_FEW_LEFT: 'Fewer units of the offer are left than the leg needs.',
  TOO_FEW_SEATS: 'Legs of one kind for the same days are not enough for all travellers.',
  DATES_DO_NOT_OVERLAP: 'The trip falls into parts, with days between them for which nothing is booked.',
  PLACES_DIFFER: 'Not all legs are in the same place.',
  NIGHT_WITHOUT_HOTEL: 'There is no hotel for a night of the trip.',
} as const;

export type WarningCode = keyof typeof WARNINGS;

export const WARNING_CODES = Object.keys(WARNINGS) as readonly WarningCode[];

export interface Warning {
  readonly code: WarningCode;
  readonly message: string;
  /** The legs that it is about. */
  readonly legIds: readonly string[];
  /** Where the days or the nights begin that are not covered, if it is about any; an ISO 8601 date. */
  readonly from?: string;
  /** Where they end. */
  readonly to?: string;
}

/** A leg as far as our own stock knows it. */
export interface PlannedLeg {
  readonly id: string;
  readonly kind: LegKind;
  readonly quantity: number;
  /** Whether our own stock would serve it, rather than a supplier whose offers we don't know. */
  readonly fromStock: boolean;
  readonly offer?: Offer | undefined;
}

interface KnownLeg extends PlannedLeg {
  readonly offer: Offer;
}

/** @param travellers how many travel; if absent, nobody counts the seats */
export function warningsOf(legs: readonly PlannedLeg[], travellers?: number): Warning[] {
  const known = legs.filter((leg): leg is KnownLeg => leg.offer !== undefined);
  return [
    ...legs.flatMap(unknownOffer),
    ...known.flatMap(tooFewLeft),
    ...tooFewSeats(known, travellers ?? 0),
    ...datesApart(known),
    ...placesDiffer(known),
    ...nightsWithoutHotel(known),
  ];
}

function unknownOffer({ id, fromStock, offer }: PlannedLeg): Warning[] {
  if (offer) return [];
  return fromStock
    ? [{ code: 'OFFER_UNKNOWN', message: `There is no such offer for the leg ${id}.`, legIds: [id] }]
    : [{ code: 'PRICE_UNKNOWN', message: `The price of the leg ${id} is not known yet.`, legIds: [id] }];
}

function tooFewLeft({ id, quantity, offer: { title, available } }: KnownLeg): Warning[] {
  if (available >= quantity) return [];
  const left = available === 0 ? 'is sold out' : `has only ${available} left`;
  return [{ code: 'TOO_FEW_LEFT', message: `${title} ${left}.`, legIds: [id] }];
}

/** A room in each of two legs counts as two rooms, if both are for the same days. */
function tooFewSeats(legs: readonly KnownLeg[], travellers: number): Warning[] {
  const together = groupBy(legs, ({ kind, offer }) => `${kind} ${offer.from} ${offer.to}`);
  return together.flatMap((group): Warning[] => {
    const seats = group.reduce((sum, { quantity, offer }) => sum + quantity * offer.travellersPerUnit, 0);
    if (seats >= travellers) return [];
    const message = `${titlesOf(group)}: enough for ${seats} of ${travellers} travellers.`;
    return [{ code: 'TOO_FEW_SEATS', message, legIds: idsOf(group) }];
  });
}

function datesApart(legs: readonly KnownLeg[]): Warning[] {
  const parts = partsOf(legs);
  return parts.slice(1).map((part, index) => {
    const gap = { from: lastDay(parts[index]!), to: firstDay(part) };
    const message = `Nothing is booked between ${gap.from} and ${gap.to}.`;
    return { code: 'DATES_DO_NOT_OVERLAP', message, legIds: idsOf(part), ...gap };
  });
}

function placesDiffer(legs: readonly KnownLeg[]): Warning[] {
  const places = groupBy(legs, ({ offer }) => offer.place.normalize('NFKC').toUpperCase());
  if (places.length < 2) return [];
  const names = places.map(([one]) => one!.offer.place).join(', ');
  return [
    { code: 'PLACES_DIFFER', message: `The legs are in different places: ${names}.`, legIds: idsOf(legs) },
  ];
}

/** The days between two parts of a trip have no nights of the trip. */
function nightsWithoutHotel(legs: readonly KnownLeg[]): Warning[] {
  return partsOf(legs).flatMap((part) => {
    const hotels = part.filter(({ kind }) => kind === 'HOTEL');
    const gaps = gapsBetween(hotels, { from: firstDay(part), to: lastDay(part) });
    return gaps.map((gap): Warning => {
      const nights = nightsBetween(gap.from, gap.to);
      const message =
        nights === 1
          ? `There is no hotel for the night of ${gap.from}.`
          : `There is no hotel from ${gap.from} to ${gap.to}.`;
      return { code: 'NIGHT_WITHOUT_HOTEL', message, legIds: idsOf(part), ...gap };
    });
  });
}

interface Days {
  readonly from: string;
  readonly to: string;
}

/** What the legs leave of some days, as nights: a stay from the 3rd to the 5th is two. */
function gapsBetween(legs: readonly KnownLeg[], { from, to }: Days): Days[] {
  const gaps: Days[] = [];
  let covered = from;
  for (const { offer } of inOrder(legs)) {
    if (offer.from > covered) gaps.push({ from: covered, to: offer.from });
    if (offer.to > covered) covered = offer.to;
  }
  return covered < to ? [...gaps, { from: covered, to }] : gaps;
}

/** The legs in parts that follow one another: within a part, each leg begins no later than another one ends. */
function partsOf(legs: readonly KnownLeg[]): KnownLeg[][] {
  const parts: KnownLeg[][] = [];
  for (const leg of inOrder(legs)) {
    const part = parts.at(-1);
    if (part && leg.offer.from <= lastDay(part)) part.push(leg);
    else parts.push([leg]);
  }
  return parts;
}

const inOrder = (legs: readonly KnownLeg[]) =>
  [...legs].sort(({ offer: a }, { offer: b }) => Date.parse(a.from) - Date.parse(b.from));
const firstDay = (legs: readonly KnownLeg[]) => legs.map(({ offer }) => offer.from).sort()[0]!;
const lastDay = (legs: readonly KnownLeg[]) =>
  legs
    .map(({ offer }) => offer.to)
    .sort()
    .at(-1)!;
const idsOf = (legs: readonly KnownLeg[]) => legs.map(({ id }) => id);
const titlesOf = (legs: readonly KnownLeg[]) => legs.map(({ offer }) => offer.title).join(', ');

function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return [...groups.values()];
}
