import { loadTemporalConfig } from '../config/temporal-config.js';
import { ensureSearchAttributes } from './ensure-search-attributes.js';
import { exitWith } from './process.js';

/** `npm run search-attributes`: once for each namespace, before the first booking. */
try {
  const temporal = loadTemporalConfig();
  const added = await ensureSearchAttributes(temporal);
  const what =
    added.length > 0 ? `registered ${added.join(', ')}` : 'all search attributes are already registered';
  console.log(`Namespace ${temporal.namespace}: ${what}.`);
} catch (error) {
  exitWith(error);
}
