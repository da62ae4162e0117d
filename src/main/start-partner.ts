import type { ReferencePartnerConfig } from '../config/reference-partner-config.js';
import { createFaultWords } from '../partner/fault-words.js';
import {
  createReferencePartner,
  type Intervene,
  type Outcome,
  type ReferencePartner,
} from '../partner/reference-partner.js';
import { createStock } from '../partner/stock.js';

/** Units of each offer: enough to try things out, and few enough to sell out. */
const CAPACITY = 1000;

/**
 * Starts the reference partner, whose offers fail as the words in their ids say.
 * @param say prints a line for each request, which never shows its headers and with them the token
 * @throws CannotListen
 */
export async function startPartner(
  { port, token }: ReferencePartnerConfig,
  say: (line: string) => void,
): Promise<ReferencePartner> {
  const intervene = telling(createFaultWords(1000), say);
  try {
    return await createReferencePartner({ stock: createStock(CAPACITY), port, token, intervene });
  } catch (error) {
    throw new CannotListen(
      `The reference partner can't listen on port ${port}: ${(error as Error).message}. Set REFERENCE_PARTNER_PORT to another port.`,
    );
  }
}

class CannotListen extends Error {
  override readonly name = 'CannotListen';
}

const telling =
  (intervene: Intervene, say: (line: string) => void): Intervene =>
  async (request, handle) => {
    const outcome = await intervene(request, handle);
    const { method, key, body } = request;
    say(oneLine(`${method} ${key} ${body} -> ${wordsOf(outcome)}`));
    return outcome;
  };

function wordsOf(outcome: Outcome): string {
  if (outcome === 'reset') return 'connection reset';
  if (outcome === 'hang') return 'no answer';
  return `${outcome.status} ${outcome.body === undefined ? '' : JSON.stringify(outcome.body)}`;
}

/** A body may contain line breaks. */
const oneLine = (text: string) => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
