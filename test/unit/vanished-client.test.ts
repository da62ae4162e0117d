import { EventEmitter } from 'node:events';
import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { attachSocket } from '../../src/api/server/subscription-socket.js';

type Attach = Parameters<typeof attachSocket>;

const PING_MS = 12_000;

function connected() {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const socket = Object.assign(new EventEmitter(), { ping: vi.fn(), terminate: vi.fn() });
  attachSocket(
    { opened: () => async () => undefined },
    socket as unknown as Attach[1],
    {} as Attach[2],
    pino({ enabled: false }),
  );
  return socket;
}

test('a client that answers two pings late stays connected', () => {
  const socket = connected();
  for (let n = 0; n < 3; n++) {
    vi.advanceTimersByTime(2 * PING_MS);
    socket.emit('pong');
  }

  expect(socket.terminate).not.toHaveBeenCalled();
});

test('a client that answers no ping any more is disconnected', () => {
  const socket = connected();
  vi.advanceTimersByTime(PING_MS);
  socket.emit('pong');
  vi.advanceTimersByTime(3 * PING_MS);

  expect(socket.terminate).toHaveBeenCalledOnce();
});

test('nothing is sent to a socket that has closed', () => {
  const socket = connected();
  socket.emit('close', 1000, '');
  vi.advanceTimersByTime(10 * PING_MS);

  expect(socket.ping).not.toHaveBeenCalled();
});
