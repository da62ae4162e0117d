import type { ComponentChildren, TargetedMouseEvent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { BASE_PATH } from './endpoint.js';

const MOVED = 'tripsaga:moved';

/** Navigates within the page, like a link. */
export function navigate(path: string): void {
  history.pushState(null, '', BASE_PATH + path);
  scrollTo(0, 0);
  dispatchEvent(new Event(MOVED));
}

/** Changes the address without leaving the current one in the browser's history. */
export function replaceAddress(address: string): void {
  history.replaceState(null, '', BASE_PATH + address);
  dispatchEvent(new Event(MOVED));
}

/** The path and query of the address, below the base path. */
export const currentAddress = () => currentPath() + location.search;

const currentPath = () => location.pathname.slice(BASE_PATH.length) || '/';

/** The current path of the address, below the base path. */
export function usePath(): string {
  const [path, setPath] = useState(currentPath);
  useEffect(() => {
    const follow = () => setPath(currentPath());
    addEventListener('popstate', follow);
    addEventListener(MOVED, follow);
    return () => {
      removeEventListener('popstate', follow);
      removeEventListener(MOVED, follow);
    };
  }, []);
  return path;
}

/** A link within the page. Clicks that open a tab or a window are left to the browser. */
export function Link({
  href,
  children,
  current,
}: {
  href: string;
  children: ComponentChildren;
  current?: boolean;
}) {
  const follow = (event: TargetedMouseEvent<HTMLAnchorElement>) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(href);
  };
  return (
    <a href={BASE_PATH + href} onClick={follow} aria-current={current ? 'page' : undefined}>
      {children}
    </a>
  );
}
