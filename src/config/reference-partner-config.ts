import { port, readSettings, setting, type ValuesOf } from './settings.js';
import { partnerToken } from './supplier-config.js';

export const REFERENCE_PARTNER_SETTINGS = {
  port: setting('REFERENCE_PARTNER_PORT', port(0), '4100'),
  /** The bearer token that it requires. */
  token: setting('REFERENCE_PARTNER_TOKEN', partnerToken.optional()),
};

export type ReferencePartnerConfig = ValuesOf<typeof REFERENCE_PARTNER_SETTINGS>;

/** For `npm run partner`, and the partner that `npm start` starts. @throws InvalidConfiguration */
export function loadReferencePartnerConfig(): ReferencePartnerConfig {
  return readSettings(REFERENCE_PARTNER_SETTINGS, process.env);
}
