import { setTimeout as delay } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import type { PlannedPost, SignatureKind } from './scenario.ts';

export interface SenderSettings {
  readonly url: URL;
  readonly secret: string;
  readonly nowMs: () => number;
  /** Wait before the second try; the third waits twice as long. */
  readonly retryDelayMs: number;
  readonly signal: AbortSignal;
}

/** `null`: no answer at all. */
export type AnsweredStatus = number | null;

/** No secret of anybody: what a signature by somebody else is made with. */
const OTHER_SECRET = Buffer.alloc(32, 0x5a).toString('base64');
const TRIES = 3;
const ANSWER_MS_MAX = 10_000;
const RETRY_AFTER_MS_MAX = 5_000;
/** As the notifier: of the 4xx these are tried again. */
const RETRIED_STATUSES: readonly AnsweredStatus[] = [408, 409, 425, 429];

/**
 * Posts one webhook as the notifier does: signed with the time of the try, redirects not followed,
 * and tried again where the answer asks for it. What has to be refused is sent once.
 */
export async function sendPost(
  post: PlannedPost,
  settings: SenderSettings,
): Promise<AnsweredStatus> {
  for (let tries = 1; ; tries += 1) {
    const { status, afterMs } = await tryOnce(post, settings);
    if (post.answer === 'refused' || tries === TRIES || !isRetried(status)) return status;
    await delay(afterMs ?? settings.retryDelayMs * tries, undefined, { signal: settings.signal });
  }
}

async function tryOnce(
  post: PlannedPost,
  { url, secret, nowMs, signal }: SenderSettings,
): Promise<{ readonly status: AnsweredStatus; readonly afterMs: number | null }> {
  const signedAt = new Date(nowMs() - post.signedBeforeMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Strata-Conformance/1',
        'webhook-id': post.id,
        'webhook-timestamp': String(Math.floor(signedAt.getTime() / 1000)),
        ...signatureHeader(post, { secret, signedAt }),
        ...(post.isReplay === true ? { 'strata-replay': 'conformance' } : {}),
      },
      body: post.alteredBody ?? post.body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
    });
    await response.body?.cancel();
    return { status: response.status, afterMs: retryAfterMs(response.headers.get('retry-after')) };
  } catch (fault) {
    if (signal.aborted) throw fault;
    return { status: null, afterMs: null };
  }
}

function signatureHeader(
  { id, body, signatures }: PlannedPost,
  by: { readonly secret: string; readonly signedAt: Date },
): Record<string, string> {
  if (signatures.length === 0) return {};
  const signed = (secret: string) => new Webhook(secret).sign(id, by.signedAt, body);
  const texts: Record<SignatureKind, () => string> = {
    right: () => signed(by.secret),
    'other-secret': () => signed(OTHER_SECRET),
    'unknown-version': () => signed(by.secret).replace(/^v1,/, 'v9,'),
  };
  return { 'webhook-signature': signatures.map((kind) => texts[kind]()).join(' ') };
}

function isRetried(status: AnsweredStatus): boolean {
  if (status === null || RETRIED_STATUSES.includes(status)) return true;
  return status >= 500 || (status >= 300 && status < 400);
}

function retryAfterMs(header: string | null): number | null {
  if (header === null || !/^\d{1,6}$/.test(header)) return null;
  return Math.min(Number(header) * 1000, RETRY_AFTER_MS_MAX);
}
