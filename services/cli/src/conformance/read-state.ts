/** What a consumer says of one customer. `effects` is null where it does not count them. */
export type SeenState =
  | { readonly kind: 'state'; readonly tier: string | null; readonly effects: number | null }
  | { readonly kind: 'unreadable'; readonly status: number | null };

export const CUSTOMER_PLACE = '{customerId}';
const ANSWER_MS_MAX = 10_000;

/** Asks for `{"tier": "...", "effects": n}`; 404 is a customer who is not known. */
export async function readState(
  template: string,
  customerId: string,
  signal: AbortSignal,
): Promise<SeenState> {
  let status: number | null = null;
  try {
    const response = await fetch(
      template.replaceAll(CUSTOMER_PLACE, encodeURIComponent(customerId)),
      {
        redirect: 'manual',
        headers: { accept: 'application/json' },
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
      },
    );
    status = response.status;
    const text = await response.text();
    if (status === 404) return { kind: 'state', tier: null, effects: null };
    return (status === 200 ? stateFrom(text) : null) ?? { kind: 'unreadable', status };
  } catch (fault) {
    if (signal.aborted) throw fault;
    return { kind: 'unreadable', status };
  }
}

function stateFrom(text: string): SeenState | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof json !== 'object' || json === null) return null;
  const { tier = null, effects = null } = json as { tier?: unknown; effects?: unknown };
  if (tier !== null && typeof tier !== 'string') return null;
  if (effects !== null && !Number.isSafeInteger(effects)) return null;
  return { kind: 'state', tier, effects: effects as number | null };
}
