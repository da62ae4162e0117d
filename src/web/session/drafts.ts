import { useEffect, useState } from 'preact/hooks';

/** What visitors have typed survives that they leave the page to sign in. */

const KEY = 'tripsaga:drafts';

interface Saved {
  readonly owner: string;
  readonly drafts: Readonly<Record<string, unknown>>;
}

const shown = new Map<string, unknown>();
const restored = new Map<string, unknown>();

/** State of a form that is kept under its name while the visitor signs in. The value must be plain data. */
export function useDraft<T>(name: string, initial: T) {
  const state = useState<T>(() => {
    const draft = restored.has(name) ? (restored.get(name) as T) : initial;
    restored.delete(name);
    return draft;
  });
  const [value] = state;
  useEffect(() => {
    shown.set(name, value);
    return () => void shown.delete(name);
  }, [name, value]);
  return state;
}

/** Keeps what is typed in the forms that are shown. */
export function saveDrafts(owner: string): void {
  const saved: Saved = { owner, drafts: Object.fromEntries(shown) };
  sessionStorage.setItem(KEY, JSON.stringify(saved));
}

/** Hands what was kept to its forms as soon as they are shown, if the same visitor is back. */
export function restoreDrafts(owner: string): void {
  const saved = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Saved | null;
  sessionStorage.removeItem(KEY);
  restored.clear();
  if (saved?.owner !== owner) return;
  for (const [name, draft] of Object.entries(saved.drafts)) restored.set(name, draft);
}

/** Forgets everything that the page keeps of a visitor who signs out. */
export function forgetVisitor(): void {
  const ours = Object.keys(sessionStorage).filter((key) => key.startsWith('tripsaga:'));
  for (const key of ours) sessionStorage.removeItem(key);
}
