import { loadDatabaseConfig } from '../config/database-config.js';
import { createDatabase } from '../database/database.js';
import { seedOffers } from '../database/seed.js';
import { exitWith } from './process.js';

/** `npm run seed`: adds a small catalogue of offers; existing offers stay as they are. */
try {
  const database = createDatabase(loadDatabaseConfig());
  await seedOffers(database.pool);
  await database.close();
  console.log('The catalogue is in place.');
} catch (error) {
  exitWith(error);
}
