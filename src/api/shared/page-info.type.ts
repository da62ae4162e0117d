import { Field, ObjectType } from 'type-graphql';

@ObjectType({
  description: 'Where a page of a list stands. Lists are read forwards, with `first` and `after`.',
})
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;

  @Field(() => Boolean)
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true })
  startCursor?: string | null;

  @Field(() => String, { nullable: true, description: 'Goes into `after` for the next page.' })
  endCursor?: string | null;
}

/** The page info of a list that was read forwards, `after` a cursor or from its beginning. */
export function toPageInfo(
  edges: readonly { readonly cursor: string }[],
  hasNextPage: boolean,
  after?: string | null,
): PageInfo {
  return {
    hasNextPage,
    hasPreviousPage: after != null,
    startCursor: edges[0]?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  };
}
