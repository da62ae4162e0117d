import { Args, Query, Resolver } from 'type-graphql';
import { z } from 'zod';
import type { PackageCatalogue, PackagePosition } from '../../database/packages.js';
import type { Package } from '../../model/package.js';
import { nightsBetween } from '../../model/nights.js';
import { checkQuery } from '../shared/checks.js';
import { fromCursor, type Page, toConnection, toCursor } from '../shared/connection.type.js';
import { id } from '../shared/texts.js';
import {
  type Package as PackageType,
  PackageConnection,
  PackagesArgs,
  packagesSchema,
} from './package.type.js';
import { day } from './offers.resolver.js';

/** What fits together in our own stock, for any caller. @throws InvalidQuery for invalid arguments, DatabaseUnavailable */
export type ListPackages = (args: PackagesArgs) => Promise<Page<Package>>;

export function createListPackages(catalogue: PackageCatalogue): ListPackages {
  return async (args) => {
    const { from, to, after, ...query } = checkQuery(packagesSchema, args);
    const position = after === undefined ? undefined : fromCursor(POSITION, after);
    const page = await catalogue.list({ ...query, period: { from, to }, after: position });
    return {
      edges: page.packages.map((node) => ({ cursor: cursorOf(node), node })),
      hasNextPage: page.hasNextPage,
    };
  };
}

/** The package that a page ends with, by the values that the list is sorted by. */
const POSITION = z
  .tuple([z.string().regex(/^[A-Z]{3}$/), z.string().regex(/^\d{1,16}$/), day, id('id')])
  .transform(([currency, minor, from, hotelId]): PackagePosition => {
    return { total: { minor: Number(minor), currency }, from, hotelId };
  });

const cursorOf = ({ total, hotel: { offer } }: Package) =>
  toCursor([total.currency, String(total.minor), offer.from, offer.id]);

@Resolver()
export class PackagesResolver {
  constructor(private readonly list: ListPackages) {}

  @Query(() => PackageConnection, {
    description:
      'What fits together in our own stock and can still be booked for all travellers. There is one package for each hotel, with the cheapest car and the cheapest flight for its days. Cheapest first; nothing is converted: packages of one currency come after those of another. At most 100 at a time.',
  })
  async packages(@Args(() => PackagesArgs) args: PackagesArgs): Promise<PackageConnection> {
    const { edges, ...page } = await this.list(args);
    const shown = edges.map(({ cursor, node }) => ({ cursor, node: toPackage(node) }));
    return toConnection({ ...page, edges: shown }, args.after);
  }
}

function toPackage({ total, car, hotel, flight }: Package): PackageType {
  const { place, from, to } = hotel.offer;
  return { place, from, to, nights: nightsBetween(from, to), total, legs: [car, hotel, flight] };
}
