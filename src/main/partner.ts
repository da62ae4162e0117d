import { loadReferencePartnerConfig } from '../config/reference-partner-config.js';
import { exitWith, stopOnSignals } from './process.js';
import { startPartner } from './start-partner.js';

/** `npm run partner`: a partner to try the whole way with, whose code integrators can copy. */
try {
  const config = loadReferencePartnerConfig();
  const partner = await startPartner(config, console.log);
  console.log(`Reference partner at ${partner.url}, for programs on this machine. It sells any offer.`);
  console.log('To sell flights through it, start the API and the workers with');
  console.log(`  SUPPLIER_FLIGHT=reference PARTNER_REFERENCE_URL=${partner.url}`);
  if (config.token) console.log('and PARTNER_REFERENCE_TOKEN set to its token.');
  stopOnSignals(() => partner.stop());
} catch (error) {
  exitWith(error);
}
