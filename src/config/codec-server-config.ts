import { TEMPORAL_UI_URL } from './shared-config.js';
import { REQUIRED_PAYLOAD_KEYS } from './payload-keys.js';
import { port, readSettings, setting } from './settings.js';

export const CODEC_SERVER_SETTINGS = {
  payloadKeys: REQUIRED_PAYLOAD_KEYS,
  port: setting('CODEC_SERVER_PORT', port(0), '8081'),
  /** The only page that may use it. */
  temporalUiUrl: TEMPORAL_UI_URL,
};

/** For `npm run codec-server`. @throws InvalidConfiguration */
export function loadCodecServerConfig() {
  return readSettings(CODEC_SERVER_SETTINGS, process.env);
}
