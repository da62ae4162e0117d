/**
 * Books trips on a complete installation of real processes while they are killed, paused and tampered with, then compares what
 * every part holds and reports. `npm run chaos -- --seed 7 --bookings 300`; see docs/chaos.md.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { installTemporalRuntime } from '../../src/main/temporal-runtime.js';
import { createTemporalClient } from '../../src/temporal/connection.js';
import { makeDataFolder } from '../../test/support/data-folder.js';
import { findTemporal } from '../../test/support/find-temporal.js';
import { keepSurroundings } from '../../test/support/surroundings.js';
import { exitOnSignals } from '../exit-on-signals.js';
import { untilCalm } from './calm.js';
import { startCast } from './cast.js';
import { createDesk } from './desk.js';
import { startDirector } from './director.js';
import { gatherEvidence } from './evidence.js';
import { judge } from './judge.js';
import { isLeft, startOperators } from './operators.js';
import { startReaders } from './readers.js';
import {
  addLegs,
  addPartnerFaults,
  createTally,
  neverInjected,
  outcomes,
  printFirst,
  printTable,
  printViolations,
} from './report.js';
import { createObservations, moving } from './told.js';
import { travel, book } from './traveller.js';
import { MAX_QUANTITY } from './offers.js';
import { idOfKey, planTrips } from './trips.js';
import { createViolations } from './violations.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '7' },
    bookings: { type: 'string', default: '300' },
    /** Travellers that start per second. */
    rate: { type: 'string', default: '5' },
    /** Maximum number of unfinished bookings. */
    'at-once': { type: 'string', default: '60' },
    /** Factor for the time between two faults. */
    pace: { type: 'string', default: '1' },
  },
});
const { seed } = values;
const count = Number(values.bookings);
const rate = Number(values.rate);
const begun = Date.now();
const seconds = () => `${((Date.now() - begun) / 1000).toFixed(0)} s`;
const say = (line: string) => console.log(`[${seconds()}] ${line}`);

exitOnSignals();
const folder = await makeDataFolder('chaos');
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
console.log(`chaos: seed ${seed}, ${count} bookings, commit ${commit}, in ${folder}`);

const temporalProgram = await findTemporal(() => undefined);
keepSurroundings();
installTemporalRuntime(pino({ level: 'silent' }));
const cast = await startCast({
  folder,
  temporalProgram,
  seed,
  scarce: Math.max(MAX_QUANTITY, Math.round(count / 50)),
});
say('everything is up');

const client = createTemporalClient({ connection: { address: cast.temporalAddress }, namespace: 'default' });
const violations = createViolations();
const tally = createTally();
const observed = createObservations();
const desk = createDesk(cast.apis, violations);
const context = { desk, observed, violations, counter: tally };
const { databaseUrl, partnerUrl } = cast;
const plans = planTrips(seed, count);
const note = (line: string) =>
  appendFileSync(join(folder, 'faults.txt'), `${new Date().toISOString()} ${line}\n`);

const readers = startReaders({ ...context, databaseUrl, seed });
const operators = startOperators({ ...context, seed, partnerUrl });
const pace = Number(values.pace);
const director = startDirector({ stage: { cast, client, observed, note }, seed, counter: tally, pace });
const journeys: Promise<void>[] = [];
for (const plan of plans) {
  await sleep(1000 / rate);
  // On a slower machine fewer travellers start at a time, instead of all running late.
  while (moving(observed).length >= Number(values['at-once'])) await sleep(100);
  journeys.push(travel(plan, context));
}
await Promise.all(journeys);
say('all travellers are done');
await director.finish();
say('everything is restored');

await cast.repairPartner();
operators.hurry();
// Half of the travellers without an answer try again; the others' bookings have to be consistent too.
const unanswered = plans.filter(({ key }) => key !== undefined && !observed.accepted.has(idOfKey(key)));
for (const plan of unanswered.filter((_, index) => index % 2 === 0))
  await book({ ...plan, patience: 5 }, context);
const left = (id: string) => isLeft(seed, id);
const ledgerFile = join(folder, 'partner-ledger.jsonl');
await untilCalm({ databaseUrl, ledgerFile, isLeft: left, violations });
await operators.stop();
await readers.stop();
say('everything has settled');

const evidence = await gatherEvidence({ databaseUrl, ledgerFile, desk, plans, observed, isLeft: left });
const replayed = await judge(evidence, client, violations);
for (const actor of cast.actors)
  for (const crash of actor.crashes()) violations.add('no process ends by itself', undefined, crash);
say(`checked, ${replayed} histories replayed`);

addPartnerFaults(tally, join(folder, 'partner-faults.txt'));
addLegs(tally, evidence.rows);
for (const kind of neverInjected(tally)) violations.add('every kind of fault is injected', undefined, kind);
printTable('faults by kind', tally.counts());
printTable('bookings by outcome', outcomes(evidence.rows));
printViolations(violations.all());
printFirst(
  violations.all(),
  evidence.rows,
  plans.map(({ name }) => name),
);

await client.connection.close();
for (const actor of [...cast.actors].reverse()) await actor.kill();
const failed = violations.all().length > 0;
if (failed) console.log(`\nThe logs, the ledger and the databases are in ${folder}`);
else await rm(folder, { recursive: true });
const readings = [...observed.readings.values()].reduce((sum, list) => sum + list.length, 0);
console.log(`\nseed ${seed}, commit ${commit}, ${readings} readings, ${seconds()}`);
console.log(`chaos: ${count} bookings, ${violations.all().length} violations`);
process.exit(failed ? 1 : 0);
