/** Tells that the journal of a booking has changed, in whatever process that was done. */
export interface JournalFeed {
  /**
   * `onChange` hears of changes from now on, and once whenever some may have been missed: when the feed begins to listen
   * and when it listens again. Whoever subscribes first and reads then misses nothing. @returns what ends it
   */
  subscribe(bookingId: string, onChange: () => void): () => void;
}
