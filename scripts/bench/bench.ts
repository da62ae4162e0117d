/**
 * How fast it is, beside what the same machine does in the same minutes: ratios within one run, for the figures themselves
 * depend on the machine and on what else it does. Every part measures in turn, five times over, and tells the median.
 *
 *     npm run bench [-- trips reads followers bulkheads]
 */
import { exitOnSignals } from '../exit-on-signals.js';
import { measureBulkheads } from './bulkheads.js';
import { measureFollowers } from './followers.js';
import { measureReads } from './reads.js';
import { openBenchRoom, type BenchRoom } from './room.js';
import { measureTrips } from './trips.js';

const PARTS: Readonly<Record<string, (room: BenchRoom) => Promise<void>>> = {
  trips: measureTrips,
  reads: measureReads,
  followers: measureFollowers,
  // Last: what hangs goes on hanging.
  bulkheads: measureBulkheads,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')} to measure: there are ${Object.keys(PARTS).join(', ')}.`);
  process.exit(1);
}

exitOnSignals();
const room = await openBenchRoom();
try {
  for (const [name, measure] of Object.entries(PARTS)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    console.log(`\n${name}`);
    await measure(room);
  }
} finally {
  await room.close();
}
