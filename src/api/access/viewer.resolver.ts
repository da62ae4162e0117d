import { Ctx, Field, ObjectType, Query, Resolver } from 'type-graphql';
import type { Caller } from '../../model/order.js';
import { isKnown } from '../shared/callers.js';
import type { GraphqlContext } from './context.js';

@ObjectType({ description: 'Who sends this request, according to its token.' })
export class Viewer implements Caller {
  @Field(() => String, { description: 'The subject of the token; `anonymous` while authentication is off.' })
  subject!: string;

  @Field(() => [String], { description: '`operator` may see and change all bookings.' })
  roles!: string[];
}

@Resolver()
export class ViewerResolver {
  @Query(() => Viewer, { nullable: true, description: 'Who sends this request; null without a token.' })
  viewer(@Ctx() { caller }: GraphqlContext): Viewer | null {
    return isKnown(caller) ? { subject: caller.subject, roles: [...caller.roles] } : null;
  }
}
