import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { loadCodecServerConfig } from '../config/codec-server-config.js';
import { createCodecServer } from '../temporal/codec-server.js';
import { createDataConverter } from '../temporal/data-converter.js';
import { exitWith, stopOnSignals } from './process.js';

/** It decrypts for everybody who can reach it. */
const HOST = '127.0.0.1';

/** `npm run codec-server`: decrypts for Temporal's Web UI and command line on this machine. */
try {
  const { payloadKeys, port, temporalUiUrl } = loadCodecServerConfig();
  const [codec] = createDataConverter(payloadKeys)?.payloadCodecs ?? [];
  const origin = temporalUiUrl && new URL(temporalUiUrl).origin;
  const server = createCodecServer(codec!, origin).listen(port, HOST);
  await once(server, 'listening');
  const address = `http://${HOST}:${(server.address() as AddressInfo).port}`;
  console.log(
    `Codec server at ${address}, for programs on this machine${origin ? ` and pages of ${origin}` : ''}.`,
  );
  stopOnSignals(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
} catch (error) {
  exitWith(error);
}
