import { useEffect, useRef, useState } from 'preact/hooks';
import type { Connection } from './watch-booking.js';

const SHOWN_MS = 6000;

/** Says when the connection drops, and when it is back. */
export function ConnectionNote({
  connection,
  problem,
}: {
  connection: Connection;
  problem: string | undefined;
}) {
  const before = useRef(connection);
  const [back, setBack] = useState(false);
  useEffect(() => {
    const returned = connection === 'live' && before.current !== 'live';
    before.current = connection;
    setBack(returned);
    if (!returned) return;
    const timer = setTimeout(() => setBack(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [connection]);
  return (
    <div role="status" class="connection">
      {connection === 'lost' && (
        <p class="note bad">Connection lost: what you see may be old. Trying again… {problem}</p>
      )}
      {connection === 'asking' && (
        <p class="note warn">Live updates are interrupted; asking every two seconds.</p>
      )}
      {connection === 'live' && back && <p class="note good">Connected again.</p>}
    </div>
  );
}
