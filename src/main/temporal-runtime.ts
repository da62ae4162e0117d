import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  DefaultLogger,
  type LogLevel,
  makeTelemetryFilterString,
  Runtime,
  type WorkerOptions,
} from '@temporalio/worker';
import type { Logger } from 'pino';

const PINO_LEVEL = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** The SDK's level for each of ours. Its more detailed levels log payloads, and with them travellers' names, in Base64. */
const SDK_LEVEL: Readonly<Record<string, LogLevel>> = { warn: 'WARN', error: 'ERROR', silent: 'ERROR' };

/** Sets up the Temporal SDK, once per process: it logs to our logger and ignores signals. */
export function installTemporalRuntime(logger: Logger): void {
  const level = SDK_LEVEL[logger.level] ?? 'INFO';
  // While the server is unavailable, each of some twenty pollers would log every retry.
  const filter = `${makeTelemetryFilterString({ core: level, other: 'ERROR' })},temporalio_client::retry=ERROR`;
  Runtime.install({
    logger: new DefaultLogger(level, ({ level, message, meta: { error, ...meta } = {} }) => {
      // The name under which our logger writes out an error; under any other, an error is an empty object.
      logger[PINO_LEVEL[level]]({ ...meta, ...(error !== undefined && { err: error }) }, message);
    }),
    telemetryOptions: {
      logging: { filter, forward: {} },
    },
    // The SDK's own signal handling would stop only the workers; our processes stop all their parts in order.
    shutdownSignals: [],
  });
}

const compiled = import.meta.url.endsWith('.js');
const inDist = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const BUNDLE = inDist('workflow-bundle.js');
const ENCODING_BUNDLE = inDist('workflow-bundle-encoding.js');
const ENTRY = fileURLToPath(new URL('../saga/index.ts', import.meta.url));

/**
 * The workflow code for a worker. The build bundles it, so that all workers of a release run the same code and start quickly;
 * it is bundled on the fly only in development, when TypeScript runs from source, and then with the worker's data converter.
 * @param options.encodesFailures whether it contains the failure converter of a worker with a payload codec
 */
export function workflowSource({
  encodesFailures,
}: {
  readonly encodesFailures: boolean;
}): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'bundlerOptions'> {
  if (!compiled) return { workflowsPath: ENTRY, bundlerOptions: { preloadModules: [ENTRY] } };
  const codePath = encodesFailures ? ENCODING_BUNDLE : BUNDLE;
  if (!existsSync(codePath)) throw new Error(`The workflow bundle is missing. Run: npm run build`);
  return { workflowBundle: { codePath } };
}
