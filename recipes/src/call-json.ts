/** One call that got an answer; `body` is `{}` where the answer is no JSON object. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly retryAfterMs: number | null;
}

/** Below the ten seconds that the notifier waits for us. */
const CALL_MS_MAX = 8_000;

/** No answer at all: the connection failed, or took too long. The message holds no address and no secret. */
export class NoAnswer extends Error {
  constructor(cause: unknown) {
    super('The other system gave no answer.', { cause });
    this.name = 'NoAnswer';
  }
}

/** Redirects are not followed: they would carry the token along. */
export async function callJson(url: URL, init: RequestInit): Promise<JsonAnswer> {
  try {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.timeout(CALL_MS_MAX),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: objectFrom(text),
      retryAfterMs: retryAfterMs(response.headers.get('retry-after')),
    };
  } catch (cause) {
    throw new NoAnswer(cause);
  }
}

export function objectFrom(text: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? { ...json } : {};
  } catch {
    return {};
  }
}

function retryAfterMs(header: string | null): number | null {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : null;
}
