/** Where a fault happened, for a log: its name, code and stack, without a message that could show a value. */
export function faultPlace(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as { readonly code?: unknown };
  const name = typeof code === 'string' ? `${error.name} ${code}` : error.name;
  const lines = (error.stack ?? '').split('\n').filter((line) => /^ +at /.test(line));
  return [name, ...lines].slice(0, 6).join('\n');
}
