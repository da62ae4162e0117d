/**
 * Patches of the saga that this release understands but doesn't begin (`patched` in `src/saga`). A patch is listed here in the
 * release that introduces it, so that workers of that release and of the one before can serve the same bookings, and is taken
 * off the list in the next one. docs/decisions/15-changing-the-saga.md says why.
 */
export const DORMANT_PATCHES: readonly string[] = [];
