/** Headers as `node:http` and frameworks on it hand them over, or as `fetch` does. */
export type HeaderSource =
  | Headers
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** One header, whatever its case; an empty one counts as missing. */
export function headerOf(headers: HeaderSource, name: string): string | null {
  const value = headers instanceof Headers ? headers.get(name) : valueIn(headers, name);
  return value === null || value === '' ? null : value;
}

function valueIn(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  name: string,
): string | null {
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name);
  const value = found?.[1];
  if (value === undefined) return null;
  // A header that stands twice was put together by somebody on the way; the first is the sender's.
  return typeof value === 'string' ? value : (value[0] ?? null);
}
