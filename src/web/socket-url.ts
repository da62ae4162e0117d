import { BASE_PATH } from './base-path.js';

/** Subscriptions are served from the same host as the page. */
export function socketUrl(): string {
  const url = new URL(`${BASE_PATH}/graphql`, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
