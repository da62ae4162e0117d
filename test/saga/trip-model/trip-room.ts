import type { Facts } from '../../../src/database/facts.js';
import type { BookingRecord } from '../../../src/model/booking.js';
import type { SupplierRequest } from '../../../src/worker/suppliers/supplier.port.js';
import { openSagaRoom, type RoomTrip, type SagaRoom } from '../../support/saga-room.js';
import { createBlows, type Blows } from './blows.js';
import { orderOf, type DrawnTrip } from './draw.js';
import { booksAgree, createWitness, staysGivenUp } from './laws.js';
import { createWorld, type World } from './world.js';

export interface ModelTrip {
  readonly trip: RoomTrip;
  readonly world: World;
  readonly blows: Blows;
}

export interface TripRoom {
  readonly room: SagaRoom;
  book(drawn: DrawnTrip): Promise<ModelTrip>;
  close(): Promise<void>;
}

const START_MS = 5000;

/**
 * A room in which each trip has suppliers and a fate of its own.
 * @param workflowBundle replaces the saga
 */
export async function openTripRoom(workflowBundle?: string): Promise<TripRoom> {
  const trips = new Map<string, ModelTrip & { writes: number }>();

  /** What the database is to a trip. It answers, unless the trip's fate is against it. */
  const facts = (plain: Facts): Facts => {
    async function call<T>(id: string, make: () => Promise<T>, recordIn: (answer: T) => unknown): Promise<T> {
      const found = trips.get(id);
      if (found?.blows.isDatabaseAway()) throw new Error('connect ECONNREFUSED');
      const answer = await make();
      const record = recordIn(answer) as BookingRecord | undefined;
      if (record) found?.world.saw(record);
      return answer;
    }

    return {
      ...plain,
      read: (id) =>
        call(
          id,
          () => plain.read(id),
          (record) => record,
        ),
      goesForward: (id, run) =>
        call(
          id,
          () => plain.goesForward(id, run),
          () => undefined,
        ),
      claim: (id, run) =>
        call(
          id,
          () => plain.claim(id, run),
          (claimed) => claimed?.record,
        ),
      takeOver: (id, run, from) =>
        call(
          id,
          () => plain.takeOver(id, run, from),
          (record) => record,
        ),
      async write(id, run, write) {
        const found = trips.get(id);
        if (!found) return plain.write(id, run, write);
        const { world, blows } = found;
        found.writes++;
        const hit = async (when: 'before' | 'after') => {
          for (const event of world.drawn.events) {
            if (event.at !== 'write' || event.when !== when || event.nth !== found.writes) continue;
            if (event.what === 'the call is lost') throw new Error('Connection terminated');
            await blows.strike(event.what);
          }
        };
        await hit('before');
        const answer = await call(
          id,
          async () => {
            const record = await plain.write(id, run, write);
            if (record)
              world.violations.push(...booksAgree(record, world), ...staysGivenUp(record, world.record()));
            return record;
          },
          (record) => record,
        );
        await hit('after');
        return answer;
      },
    };
  };

  const room = await openSagaRoom({
    withWorker: false,
    facts,
    findSupplier: (name) => {
      const at = ({ reservationKey }: SupplierRequest) =>
        trips.get(reservationKey.split('/')[0]!)!.world.supplier(name);
      return {
        reserve: (request, context) => at(request).reserve(request, context),
        release: (request, context) => at(request).release(request, context),
      };
    },
  });

  await room.startWorker(workflowBundle);

  return {
    room,
    async book(drawn) {
      const order = orderOf(drawn);
      const id = order.userId;
      const blows = createBlows(room, id);
      const hit = async (when: 'before' | 'after', nth: number) => {
        for (const event of drawn.events) {
          if (event.at === 'call' && event.when === when && event.nth === nth) await blows.strike(event.what);
        }
      };
      const world = createWorld(id, order, drawn, createWitness(id), hit);
      const made = { trip: room.trip(id), world, blows, writes: 0 };
      trips.set(id, made);
      const record = await room.wishes.accept(id, order);
      await room.engine.start(record!, START_MS);
      return made;
    },
    close: () => room.close(),
  };
}
