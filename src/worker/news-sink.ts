import type { Announce } from '../database/feed.js';
import { NEWS_SINK } from '../model/names.js';

/** Announces what a run says of its booking. */
export function createNewsSink(announce: Announce) {
  const fn = ({ workflowId }: { readonly workflowId: string }) => announce(workflowId, 'moved');
  return { [NEWS_SINK]: { moved: { fn, callDuringReplay: false } } };
}
