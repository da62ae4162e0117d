import { SEARCH_ATTRIBUTES } from '../../src/model/names.js';

const TYPES = { KEYWORD: 'Keyword', KEYWORD_LIST: 'KeywordList' } as const;

/** Our search attributes, in the format that a development server takes at startup. */
export const OUR_SEARCH_ATTRIBUTES = Object.fromEntries(
  Object.values(SEARCH_ATTRIBUTES).map(({ name, type }) => [name, TYPES[type]] as const),
);
