import { type ComponentProps, options } from 'preact';

/** Zag's properties of an input have wider types than Preact's element. */
export const asInput = (props: object) => props as ComponentProps<'input'>;

// Zag writes an input's value in an effect. React runs effects before it handles the next key, and Zag relies on that; Preact
// would run them after the next frame, and so take back what was typed meanwhile.
options.requestAnimationFrame = queueMicrotask;
