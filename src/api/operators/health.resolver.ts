import { Query, Resolver } from 'type-graphql';
import type { CheckHealth } from './health.js';
import { Health } from './health.type.js';

@Resolver()
export class HealthResolver {
  constructor(private readonly check: CheckHealth) {}

  @Query(() => Health, {
    description:
      'For operators: what bookings depend on, and those for which something has still to be done.',
  })
  async health(): Promise<Health> {
    return this.check();
  }
}
