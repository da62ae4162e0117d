/** Matches escapes, quotes and numbers, to tell strings from the rest. Every match is maximal, so the scan is linear. */
const MARKS = /\\[^]|"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Returns the first number in a JSON text that `JSON.parse` would return with different digits, as written in the text.
 * (Later versions of JavaScript show a reviver the source of a number; Node 20 doesn't.)
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
  // An integer written out in full may be an id: 1000000000000000000000 must not become 1e+21.
  if (/^-?\d+$/.test(number)) return kept !== number && number !== '-0';
  const digits = digitsOf(number);
  const keptDigits = digitsOf(kept).replace(/0+$/, '');
  return !digits.startsWith(keptDigits) || !/^0*$/.test(digits.slice(keptDigits.length));
}

/** The digits from the first non-zero one, without point and exponent. `Infinity` keeps its letters and so never matches. */
function digitsOf(number: string): string {
  const [mantissa = ''] = number.split(/e/i, 1);
  return mantissa.replace(/[-.]/g, '').replace(/^0+/, '');
}
