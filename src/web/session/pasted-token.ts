import type { TokenSource } from './token-source.js';

const KEY = 'tripsaga:token';

export interface PastedToken extends TokenSource {
  /** @throws Error whose message can be shown, if it can't be a token */
  paste(text: string): void;
}

/** A token that the visitor pastes. It is forgotten with the tab. */
export function createPastedToken(): PastedToken {
  return {
    current: async () => sessionStorage.getItem(KEY) ?? undefined,
    refused: (token) => {
      if (sessionStorage.getItem(KEY) === token) sessionStorage.removeItem(KEY);
    },
    signOut: async () => sessionStorage.removeItem(KEY),
    paste(text) {
      const token = text.trim().replace(/^Bearer +/i, '');
      if (!/^[\w.~+/=-]+$/.test(token))
        throw new Error('This is not a token. Paste it whole, without line breaks.');
      sessionStorage.setItem(KEY, token);
    },
  };
}
