/** Characters of all names and values. Replies that a request of the greatest cost usually gets have a tenth of it. */
export const MAX_REPLY = 10_000_000;

/** Whether a result is too large to be sent. Found without building its text, which could take all memory. */
export function isTooLarge(result: unknown, limit = MAX_REPLY): boolean {
  let size = 0;
  const add = (value: unknown): boolean => {
    if (typeof value === 'string') size += value.length;
    else if (Array.isArray(value)) return value.some(add);
    else if (typeof value === 'object' && value !== null) {
      return Object.entries(value).some(([name, inner]) => {
        size += name.length;
        return add(inner);
      });
    } else size += 4;
    return size > limit;
  };
  return add(result);
}
