import { bookLegs } from './book.js';
import { inTurn, manyAtOnce, ms, oneAtATime } from './measure.js';
import type { BenchRoom } from './room.js';

const LEGS = 12;

/** A trip of twelve legs in one stage, relative to a trip of one leg. */
export async function measureStages({ url, startWorker }: BenchRoom): Promise<void> {
  const worker = await startWorker();
  const one = () => bookLegs(url, 1);
  const twelve = () => bookLegs(url, LEGS);
  for (const warmUp of [one, twelve]) await manyAtOnce(warmUp, 10, 50);

  const took = await inTurn({ one: () => oneAtATime(one, 30), twelve: () => oneAtATime(twelve, 30) });
  const ratio = (took.twelve / took.one).toFixed(2);
  console.log(`one at a time    1 leg ${ms(took.one)}   ${LEGS} legs ${ms(took.twelve)}   ratio ${ratio}`);
  await worker.stop();
}
