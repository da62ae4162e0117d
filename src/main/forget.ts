import { parseArgs } from 'node:util';
import { loadDatabaseConfig } from '../config/database-config.js';
import { createDatabase } from '../database/database.js';
import { createForgetting } from '../database/forgetting.js';
import { exitWith } from './process.js';

/** Why nothing was changed, in one line. */
class CannotForget extends Error {
  override readonly name = 'CannotForget';
}

/** `npm run forget -- --booking ID`: blanks the traveller in a booking that is done. */
try {
  const id = bookingArgument();
  const database = createDatabase(loadDatabaseConfig());
  const outcome = await createForgetting(database.pool).forget(id);
  await database.close();
  if (outcome === 'unknown') throw new CannotForget(`There is no booking ${id}.`);
  if (outcome !== 'forgotten') {
    throw new CannotForget(
      `The booking ${id} is under way (${outcome.status}), so nothing was changed. Forget it when it is CONFIRMED or CANCELLED.`,
    );
  }
  console.log(
    `The traveller of ${id} is forgotten in the record. The id itself stays. If Temporal still has the workflow, delete it: temporal workflow delete --workflow-id ${id}`,
  );
} catch (error) {
  exitWith(error);
}

function bookingArgument(): string {
  const usage = 'Name the booking: npm run forget -- --booking ID';
  try {
    const { booking } = parseArgs({ options: { booking: { type: 'string' } } }).values;
    if (booking) return booking;
  } catch (cause) {
    throw new CannotForget(usage, { cause });
  }
  throw new CannotForget(usage);
}
