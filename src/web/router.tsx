import type { ComponentChildren, TargetedMouseEvent } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { BASE_PATH } from './base-path.js';

const MOVED = 'tripsaga:moved';
const SCROLLED = 'tripsaga:scrolled';

/**
 * An entry of the browser's history. Each visit of an address has its own, so a page can tell a visitor who comes back from
 * one who follows a link.
 */
export type Entry = string;

const newEntry = (): Entry => crypto.getRandomValues(new Uint32Array(2)).join('-');

/** An entry that the page hasn't made itself, as after a link from another site, gets its name here. */
function entryNow(): Entry {
  const known = (history.state as { entry?: Entry } | null)?.entry;
  if (known !== undefined) return known;
  const entry = newEntry();
  history.replaceState({ entry }, '');
  return entry;
}

let entry = entryNow();

const scrolled = () => JSON.parse(sessionStorage.getItem(SCROLLED) ?? '{}') as Record<Entry, number>;
const keepScroll = () =>
  sessionStorage.setItem(SCROLLED, JSON.stringify({ ...scrolled(), [entry]: scrollY }));

// The browser would scroll before the content is there.
history.scrollRestoration = 'manual';
addEventListener('pagehide', keepScroll);
addEventListener('popstate', () => {
  keepScroll();
  entry = entryNow();
});

export const currentEntry = (): Entry => entry;

/** Navigates within the page, like a link. */
export function navigate(address: string): void {
  keepScroll();
  entry = newEntry();
  history.pushState({ entry }, '', BASE_PATH + address);
  scrollTo(0, 0);
  dispatchEvent(new Event(MOVED));
}

/** Changes the address without leaving the current one in the browser's history. */
export function replaceAddress(address: string): void {
  history.replaceState(history.state, '', BASE_PATH + address);
  dispatchEvent(new Event(MOVED));
}

/** Scrolls to where the visitor left this entry, as soon as its content is there. */
export function useScrollBack(ready: boolean): void {
  const [here] = useState(currentEntry);
  useLayoutEffect(() => {
    if (ready) scrollTo(0, scrolled()[here] ?? 0);
  }, [ready, here]);
}

/** The path and query of the address, below the base path. */
export const currentAddress = () => currentPath() + location.search;

const currentPath = () => location.pathname.slice(BASE_PATH.length) || '/';

export interface Address {
  /** Below the base path. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly entry: Entry;
}

const addressNow = () => ({ address: currentAddress(), entry });

/** The address as it changes: by links and buttons of the page, and by the browser's Back and Forward. */
export function useAddress(): Address {
  const [now, setNow] = useState(addressNow);
  useEffect(() => {
    const follow = () => setNow(addressNow());
    addEventListener('popstate', follow);
    addEventListener(MOVED, follow);
    return () => {
      removeEventListener('popstate', follow);
      removeEventListener(MOVED, follow);
    };
  }, []);
  const [path = '/', search = ''] = now.address.split(/\?(.*)/s);
  return { path, query: new URLSearchParams(search), entry: now.entry };
}

/** An address with a query; what is empty is left out. */
export function addressOf(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((item): item is [string, string] => Boolean(item[1]));
  return given.length > 0 ? `${path}?${new URLSearchParams(given)}` : path;
}

interface LinkProps {
  readonly href: string;
  readonly children: ComponentChildren;
  readonly current?: boolean;
  readonly class?: string;
}

/** A link within the page. Clicks that open a tab or a window are left to the browser. */
export function Link({ href, children, current, class: style }: LinkProps) {
  const follow = (event: TargetedMouseEvent<HTMLAnchorElement>) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(href);
  };
  return (
    <a href={BASE_PATH + href} class={style} onClick={follow} aria-current={current ? 'page' : undefined}>
      {children}
    </a>
  );
}
