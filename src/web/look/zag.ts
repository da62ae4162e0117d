import type { ComponentProps } from 'preact';

/** Zag's properties of an input have wider types than Preact's element. */
export const asInput = (props: object) => props as ComponentProps<'input'>;
