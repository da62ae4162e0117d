import type { ComponentChildren, TargetedMouseEvent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { BASE_PATH } from './base-path.js';

const MOVED = 'tripsaga:moved';

/** Goes to another address of the page, as a link does. */
export function navigate(path: string): void {
  history.pushState(null, '', BASE_PATH + path);
  scrollTo(0, 0);
  dispatchEvent(new Event(MOVED));
}

const currentPath = () => location.pathname.slice(BASE_PATH.length) || '/';

/** The address's path below the base path, as it changes. */
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

/** A link within the page. What opens a tab or a window is left to the browser. */
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
