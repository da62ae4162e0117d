import { createOwnClient } from './own-client.js';

/** A statement with its values, as sent by a program. */
interface Statement {
  readonly text: string;
  readonly values: readonly (string | null)[];
}

/**
 * Repeats a statement, as a twin of its worker would: one that was paused just before the same write and wakes up after the
 * other has moved on.
 */
export async function repeatAsTwin(databaseUrl: string, sent: Buffer): Promise<boolean> {
  const statement = readStatement(sent);
  if (!statement) return false;
  const client = createOwnClient(databaseUrl);
  try {
    await client.connect();
    await client.query(statement.text, [...statement.values]);
    return true;
  } catch {
    return false; // The database is unavailable.
  } finally {
    void client.end().catch(() => undefined);
  }
}

/** Reads PostgreSQL's Parse and Bind messages. */
function readStatement(sent: Buffer): Statement | undefined {
  let text: string | undefined;
  for (let at = 0; at + 5 <= sent.length; at += 1 + sent.readInt32BE(at + 1)) {
    const type = String.fromCharCode(sent[at] ?? 0);
    const body = sent.subarray(at + 5, at + 1 + sent.readInt32BE(at + 1));
    const afterName = body.indexOf(0) + 1;
    if (type === 'P') text = body.toString('utf8', afterName, body.indexOf(0, afterName));
    if (type === 'B' && text !== undefined)
      return { text, values: readValues(body, body.indexOf(0, afterName) + 1) };
  }
  return undefined;
}

function readValues(bind: Buffer, start: number): (string | null)[] {
  let at = start + 2 + 2 * bind.readInt16BE(start);
  const count = bind.readInt16BE(at);
  at += 2;
  return Array.from({ length: count }, () => {
    const length = bind.readInt32BE(at);
    at += 4;
    if (length < 0) return null;
    at += length;
    return bind.toString('utf8', at - length, at);
  });
}
