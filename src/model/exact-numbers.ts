/** The marks by which strings are told from the rest, and numbers. Each match is as long as it gets: linear in time. */
const MARKS = /\\[^]|"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * The first number of a JSON text that would come out of `JSON.parse` with other digits than it has, as it is written
 * there. (JavaScript will let a parser see the source of a number, but Node 20 doesn't yet.)
 */
export function inexactNumber(json: string): string | undefined {
  let inString = false;
  for (const [mark] of json.matchAll(MARKS)) {
    if (mark === '"') inString = !inString;
    else if (!inString && !mark.startsWith('\\') && losesDigits(mark)) return mark;
  }
  return undefined;
}

function losesDigits(number: string): boolean {
  const kept = String(Number(number));
  // Written out in full it may be an id: 1000000000000000000000 must not become 1e+21.
  if (/^-?\d+$/.test(number)) return kept !== number && number !== '-0';
  const digits = digitsOf(number);
  const keptDigits = digitsOf(kept).replace(/0+$/, '');
  return !digits.startsWith(keptDigits) || !/^0*$/.test(digits.slice(keptDigits.length));
}

/** From the first that is not zero on, without point and exponent. `Infinity` has letters, which are no number's. */
function digitsOf(number: string): string {
  const [mantissa = ''] = number.split(/e/i, 1);
  return mantissa.replace(/[-.]/g, '').replace(/^0+/, '');
}
