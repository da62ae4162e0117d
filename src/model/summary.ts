const MAX_LENGTH = 80;

/** Shortens a line for Temporal's Web UI. The server rejects a whole request if its summary exceeds 400 bytes. */
export function summary(text: string): string {
  const characters = [...text];
  return characters.length > MAX_LENGTH ? `${characters.slice(0, MAX_LENGTH - 1).join('')}…` : text;
}
