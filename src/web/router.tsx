import type { ComponentChildren, TargetedMouseEvent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { BASE_PATH } from './net/endpoint.js';

const MOVED = 'tripsaga:moved';

/** Navigates within the page, like a link. */
export function navigate(address: string): void {
  history.pushState(null, '', BASE_PATH + address);
  scrollTo(0, 0);
  dispatchEvent(new Event(MOVED));
}

/** Changes the address without leaving the current one in the browser's history. */
export function replaceAddress(address: string): void {
  history.replaceState(history.state, '', BASE_PATH + address);
  dispatchEvent(new Event(MOVED));
}

/** The path and query of the address, below the base path. */
export const currentAddress = () => currentPath() + location.search;

const currentPath = () => location.pathname.slice(BASE_PATH.length) || '/';

export interface Address {
  /** Below the base path. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** The address as it changes: by links and buttons of the page, and by the browser's Back and Forward. */
export function useAddress(): Address {
  const [address, setAddress] = useState(currentAddress);
  useEffect(() => {
    const follow = () => setAddress(currentAddress());
    addEventListener('popstate', follow);
    addEventListener(MOVED, follow);
    return () => {
      removeEventListener('popstate', follow);
      removeEventListener(MOVED, follow);
    };
  }, []);
  const [path = '/', search = ''] = address.split(/\?(.*)/s);
  return { path, query: new URLSearchParams(search) };
}

/** An address with a query; what is empty is left out. */
export function addressOf(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
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
