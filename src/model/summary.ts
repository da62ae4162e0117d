const MAX_LENGTH = 80;

/** A line for Temporal's Web UI. The server refuses summaries of over 400 bytes, and with them the whole request. */
export function summary(text: string): string {
  const characters = [...text];
  return characters.length > MAX_LENGTH ? `${characters.slice(0, MAX_LENGTH - 1).join('')}…` : text;
}
