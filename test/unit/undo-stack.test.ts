import { expect, test } from 'vitest';
import { createUndoStack } from '../../src/saga/undo-stack.js';

function recording() {
  const stack = createUndoStack();
  const done: string[] = [];
  const arm = (name: string) =>
    stack.arm(async () => {
      await Promise.resolve();
      done.push(name);
    });
  return { stack, done, arm };
}

test('undos run in reverse order of arming, one after the other', async () => {
  const { stack, done, arm } = recording();
  ['car', 'hotel', 'flight'].forEach(arm);
  await stack.unwind();
  expect(done).toEqual(['flight', 'hotel', 'car']);
});

test('nothing armed, nothing undone', async () => {
  const { stack, done } = recording();
  await stack.unwind();
  expect(done).toEqual([]);
});

test('each undo runs once, however often the stack is unwound', async () => {
  const { stack, done, arm } = recording();
  arm('car');
  await Promise.all([stack.unwind(), stack.unwind()]);
  await stack.unwind();
  expect(done).toEqual(['car']);
});

test('an undo waits for the one before it', async () => {
  const stack = createUndoStack();
  let release = () => {};
  const done: string[] = [];
  stack.arm(async () => void done.push('car'));
  stack.arm(() => new Promise<void>((resolve) => (release = resolve)));
  const unwound = stack.unwind();
  await Promise.resolve();
  expect(done).toEqual([]);
  release();
  await unwound;
  expect(done).toEqual(['car']);
});
