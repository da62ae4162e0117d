const DAY_MS = 24 * 60 * 60 * 1000;

/** The nights from one day to a later one; ISO 8601 dates. */
export const nightsBetween = (from: string, to: string): number =>
  (Date.parse(to) - Date.parse(from)) / DAY_MS;
