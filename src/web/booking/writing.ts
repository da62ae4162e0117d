import { clock, list, ordinal } from '../look/format.js';
import type { Writing } from './phrases.js';

/** As the page's language writes it. */
export const WRITING: Writing = { clock, list, ordinal };
