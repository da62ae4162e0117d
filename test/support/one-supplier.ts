import { LEG_KINDS, type LegKind } from '../../src/model/legs.js';

/** The same supplier for every kind of leg. */
export const oneSupplier = (name: string) =>
  Object.fromEntries(LEG_KINDS.map((kind) => [kind, name])) as Record<LegKind, string>;
