import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

let firstPage = true;

/** A page's heading. It takes the focus after a navigation, so that keyboard and screen reader users start there too. */
export function Heading({ title, children }: { title: string; children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Tripsaga`;
    // On page load, the focus is at the start anyway.
    if (!firstPage) heading.current?.focus();
    firstPage = false;
  }, [title]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}
