import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

let firstPage = true;

/** A page's heading. After a navigation it takes the focus, so that keyboard and screen reader are where the eye is. */
export function Heading({ title, children }: { title: string; children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Tripsaga`;
    // Loading a page puts the focus at its start by itself.
    if (!firstPage) heading.current?.focus();
    firstPage = false;
  }, [title]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}
