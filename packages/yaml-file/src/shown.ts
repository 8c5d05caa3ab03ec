/** A value as the file's reader would recognise it. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** The same where text and number must be told apart. */
export function quoted(value: unknown): string {
  return typeof value === 'string' ? `"${shown(value)}"` : shown(value);
}
