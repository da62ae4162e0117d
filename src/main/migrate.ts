import { loadDatabaseConfig } from '../config/database-config.js';
import { migrateDatabase } from '../database/migrate.js';
import { exitWith } from './process.js';

/** `npm run migrate`: brings the tables up to date if they aren't. */
try {
  const { url, directUrl } = loadDatabaseConfig();
  await migrateDatabase(directUrl ?? url);
  console.log('The database is up to date.');
} catch (error) {
  exitWith(error);
}
