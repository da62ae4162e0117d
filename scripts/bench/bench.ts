/**
 * Measures speed relative to a baseline on the same machine in the same minutes. Only the ratios within one run are comparable,
 * because the figures depend on the machine and its load. Every part alternates its measurements, five rounds each, and reports
 * the median.
 *
 *     npm run bench [-- trips stages reads packages followers bulkheads]
 */
import { exitOnSignals } from '../exit-on-signals.js';
import { measureBulkheads } from './bulkheads.js';
import { measureFollowers } from './followers.js';
import { measurePackages } from './packages.js';
import { measureReads } from './reads.js';
import { openBenchRoom, type BenchRoom } from './room.js';
import { measureStages } from './stages.js';
import { measureTrips } from './trips.js';

const PARTS: Readonly<Record<string, (room: BenchRoom) => Promise<void>>> = {
  trips: measureTrips,
  stages: measureStages,
  reads: measureReads,
  packages: measurePackages,
  followers: measureFollowers,
  // Last, because its hanging calls stay.
  bulkheads: measureBulkheads,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  console.error(`Unknown benchmark: ${unknown.join(', ')}. Choose from ${Object.keys(PARTS).join(', ')}.`);
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
