import { isUtf8 } from 'node:buffer';
import { ArgsType, Field, Int, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { optional, wholeNumber } from './checks.js';
import { InvalidQuery } from './errors.js';

@ObjectType({
  description: 'The position of a page in its list. Lists are read forwards, with `first` and `after`.',
})
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether the list goes on after this page.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether this page was requested with `after`.' })
  hasPreviousPage!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'Cursor of the first edge; null if the page is empty.',
  })
  startCursor?: string | null;

  @Field(() => String, { nullable: true, description: 'Pass it as `after` to get the next page.' })
  endCursor?: string | null;
}

/** Entries of a page. */
export const MAX_PAGE = 100;

/** The arguments of every list. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, { defaultValue: 20, description: `Entries of the page, 1 to ${MAX_PAGE}.` })
  first!: number;

  @Field(() => String, {
    nullable: true,
    description: '`endCursor` of the page before; without it, the list starts at its beginning.',
  })
  after?: string | null;
}

/** The descriptions of the fields that all connections and their edges have. */
export const CONNECTION = {
  edges: { description: 'The entries of the page, each with its cursor.' },
  nodes: { description: 'The edges without their cursors.' },
  pageInfo: { description: 'Where the page lies in the list.' },
  cursor: { description: 'Pass it as `after` to get the entries behind this one.' },
  node: { description: 'The entry.' },
};

export const pageFields = {
  first: wholeNumber('first', 1, MAX_PAGE),
  after: optional(z.string()),
};

/** A page of a list that is read forwards. */
export interface Page<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly hasNextPage: boolean;
  /** Where the page ends; by default at its last edge. */
  readonly endCursor?: string | undefined;
}

/** Converts a page to a GraphQL connection. `after` is the requested cursor, if any. */
export function toConnection<T>({ edges, hasNextPage, endCursor }: Page<T>, after?: string | null) {
  const pageInfo: PageInfo = {
    hasNextPage,
    hasPreviousPage: after != null,
    startCursor: edges[0]?.cursor ?? null,
    endCursor: endCursor ?? edges.at(-1)?.cursor ?? null,
  };
  return { edges: [...edges], nodes: edges.map(({ node }) => node), pageInfo };
}

/** Encodes where a page ends. Cursors are opaque to clients, so that the order of a list can change. */
export function toCursor(position: readonly string[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** @throws InvalidQuery for a cursor that `toCursor` can't have made from such a position */
export function fromCursor<T extends z.ZodType>(schema: T, cursor: string): z.infer<T> {
  try {
    const bytes = Buffer.from(cursor, 'base64url');
    if (!isUtf8(bytes)) throw new Error('not UTF-8');
    return schema.parse(JSON.parse(bytes.toString()));
  } catch {
    throw new InvalidQuery('after is not a cursor of this list.');
  }
}
