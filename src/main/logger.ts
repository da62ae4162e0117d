import { isNativeError } from 'node:util/types';
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { FAILURES } from '../model/failures.js';

/** Fields whose values are secrets, at the top of a log line and one level below. */
const SECRETS = ['authorization', 'token', 'apiKey', 'password', 'cookie'].flatMap((field) => [
  field,
  `*.${field}`,
  `*.headers.${field}`,
]);

const REDACTED = '[redacted]';

/** Bearer tokens and JWTs, wherever a line has them: a library may put a header into a message. */
const TOKENS = /\bBearer +[\w.~+/=-]+|\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/gi;

/**
 * The log of a process, on one line for each event. No line contains a token or a traveller's name, at any level: errors are
 * reduced to what says where the code failed, and texts of suppliers stay in the booking's record.
 * @param stream standard output by default
 */
export function createLogger(name: string, level: string, stream?: DestinationStream): Logger {
  const options: LoggerOptions = {
    name,
    level,
    redact: { paths: SECRETS, censor: REDACTED },
    hooks: { streamWrite: (line) => line.replace(TOKENS, REDACTED) },
    formatters: { log: withPlainErrors },
    // pino's own would change the plain errors again.
    serializers: { err: (error: unknown) => error },
  };
  return stream ? pino(options, stream) : pino(options);
}

/** Errors can be in any field: the Temporal SDK calls its own `error`. */
function withPlainErrors(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [field, isNativeError(value) ? plain(value) : value]),
  );
}

interface PlainError {
  readonly type: string;
  readonly message: string;
  readonly stack: string;
  readonly code?: string | number;
  readonly cause?: PlainError;
  readonly errors?: readonly PlainError[];
}

/**
 * An error without its own fields: PostgreSQL's has a row's values in `detail` and `where`, drizzle's has the parameters,
 * and Temporal's has payloads.
 * @param withheld whether its message is withheld, as those of all causes of a supplier's error are
 */
function plain(error: Error, withheld = isOfSupplier(error)): PlainError {
  const type = error.name === 'Error' ? error.constructor.name : error.name;
  const message = withheld ? "(see the booking's record)" : messageOf(error);
  const { cause, code, errors } = error as { cause?: unknown; code?: unknown; errors?: unknown };
  const nested = (inner: Error) => plain(inner, withheld || isOfSupplier(inner));
  return {
    type,
    message,
    stack: [`${type}: ${message}`, ...framesOf(error)].join('\n'),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(isNativeError(cause) && { cause: nested(cause) }),
    ...(Array.isArray(errors) && { errors: errors.filter(isNativeError).map(nested) }),
  };
}

/** Whether the text is a supplier's, and may repeat whatever the supplier knows about the traveller. */
function isOfSupplier(error: Error): boolean {
  const { code, type } = error as { code?: unknown; type?: unknown };
  return [code, type].some((word) => typeof word === 'string' && word in FAILURES);
}

/** drizzle's message has the statement's parameters after its text. */
function messageOf({ message }: Error): string {
  return message.replace(/^(Failed query: .*?)\nparams: .*$/s, '$1');
}

/** The stack begins with the message, whose lines may look like frames. */
function framesOf({ stack = '', message }: Error): string[] {
  const rest = stack.slice(stack.indexOf(message) + message.length);
  return rest.split('\n').filter((line) => /^ {4}at .+/.test(line));
}
