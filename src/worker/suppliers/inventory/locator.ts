import { randomInt } from 'node:crypto';
import { drawCode } from '../../../model/codes.js';

const LENGTH = 6;

/**
 * Draws a locator: the confirmation number of a reservation. One in 148 million may already be taken; the table refuses it.
 */
export const drawLocator = (): string => drawCode(LENGTH, randomInt);
