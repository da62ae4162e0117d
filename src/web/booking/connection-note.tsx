import { useEffect, useRef, useState } from 'preact/hooks';
import type { Connection } from '../net/watch-booking.js';

const SHOWN_MS = 6000;

interface ConnectionNoteProps {
  readonly connection: Connection;
  readonly problem: string | undefined;
}

/** Announces that the connection is lost, and that it is restored. */
export function ConnectionNote({ connection, problem }: ConnectionNoteProps) {
  const previous = useRef(connection);
  const [restored, setRestored] = useState(false);
  useEffect(() => {
    const returned = connection === 'live' && previous.current !== 'live';
    previous.current = connection;
    setRestored(returned);
    if (!returned) return;
    const timer = setTimeout(() => setRestored(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [connection]);
  return (
    <div role="status" class="connection">
      {connection === 'lost' && (
        <p class="note bad">
          Connection lost. This page may be out of date; it tries again by itself. {problem}
        </p>
      )}
      {connection === 'polling' && (
        <p class="note warn">
          Live updates don’t get through here, so this page looks again every two seconds.
        </p>
      )}
      {connection === 'live' && restored && <p class="note good">Reconnected.</p>}
    </div>
  );
}
