import { timingSafeEqual } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { ClientFault } from './client-fault.ts';
import { isTierChangeType, type TierChange, tierChangeFrom } from './tier-change.ts';
import { type HeaderSource, headerOf } from './webhook-headers.ts';

/** Why a webhook is refused; closed. */
export const REFUSAL_CODES = [
  'missing-header',
  'stale',
  'wrong-signature',
  'malformed-body',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

export interface RefusedWebhook {
  readonly kind: 'refused';
  readonly code: RefusalCode;
  /** What to answer. The sender needs no more: whoever forges must not learn what gave it away. */
  readonly status: 400 | 401;
  /** For your own log; holds nothing of the body and no secret. */
  readonly reason: string;
}

interface VerifiedWebhook {
  /** `webhook-id`: the same at every try and every replay. */
  readonly id: string;
  /** When this try was signed, in epoch milliseconds. */
  readonly sentAtMs: number;
  /** Sent again on somebody's word (header `strata-replay`). The rule is the same for it. */
  readonly isReplay: boolean;
}

/**
 * `other` is signed and sound and of a type that this version does not know: answer 2xx and do
 * nothing.
 */
export type ReadWebhook =
  | (VerifiedWebhook & { readonly kind: 'tier-change'; readonly change: TierChange })
  | (VerifiedWebhook & { readonly kind: 'other'; readonly type: string; readonly data: unknown })
  | RefusedWebhook;

export interface WebhookReaderOptions {
  /** `whsec_...`. Give the old and the new one while a secret is being replaced. */
  readonly secrets: readonly string[];
  /** How far the sender's clock and yours may lie apart. Default: 5 minutes. */
  readonly toleranceMs?: number;
  /** Epoch milliseconds; for tests. */
  readonly nowMs?: () => number;
}

const TOLERANCE_MS_DEFAULT = 5 * 60_000;
const TIER_TYPE = /^strata\.tier\.(.+)$/;

/**
 * Verifies and reads webhooks of Strata (Standard Webhooks, scheme v1). Secrets lie in closures, so
 * that no printed object carries one. Throws a `ClientFault` where a secret cannot be used.
 */
export class WebhookReader {
  readonly #sign: readonly ((id: string, sentAt: Date, body: string) => string)[];
  readonly #toleranceMs: number;
  readonly #nowMs: () => number;

  constructor({ secrets, toleranceMs, nowMs }: WebhookReaderOptions) {
    if (secrets.length === 0) {
      throw new ClientFault('STRATA_CLIENT_SECRET', 'No secret was given. Give at least one.');
    }
    this.#sign = secrets.map((secret, index) => signerOf(secret, index));
    this.#toleranceMs = toleranceMs ?? TOLERANCE_MS_DEFAULT;
    this.#nowMs = nowMs ?? Date.now;
  }

  /**
   * `body` is the request's body as it came, byte for byte: JSON that was parsed and written again
   * is another text, and its signature wrong.
   */
  read(headers: HeaderSource, body: string | Uint8Array): ReadWebhook {
    const id = headerOf(headers, 'webhook-id');
    const timestamp = headerOf(headers, 'webhook-timestamp');
    const signatures = headerOf(headers, 'webhook-signature');
    if (id === null || timestamp === null || signatures === null) {
      return refused('missing-header', 'webhook-id, -timestamp and -signature are all needed.');
    }
    const sentAtMs = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) * 1000 : Number.NaN;
    if (!(Math.abs(this.#nowMs() - sentAtMs) <= this.#toleranceMs)) {
      return refused('stale', 'webhook-timestamp is too far from the clock of this machine.');
    }
    const text = textOf(body);
    if (text === null) return refused('malformed-body', 'The body is no UTF-8.');
    if (!this.#isSigned({ id, sentAtMs, text }, signatures)) {
      return refused('wrong-signature', 'No signature fits a secret that is known here.');
    }
    return contentOf(text, {
      id,
      sentAtMs,
      isReplay: headerOf(headers, 'strata-replay') !== null,
    });
  }

  /** Any of the signatures may fit any of the secrets; unknown versions are passed over. */
  #isSigned(
    {
      id,
      sentAtMs,
      text,
    }: { readonly id: string; readonly sentAtMs: number; readonly text: string },
    signatures: string,
  ): boolean {
    const given = signatures.split(' ').map((each) => Buffer.from(each));
    return this.#sign.some((sign) => {
      const right = Buffer.from(sign(id, new Date(sentAtMs), text));
      return given.some((each) => each.length === right.length && timingSafeEqual(each, right));
    });
  }
}

/** As Standard Webhooks has it, and the notifier demands: anything else is a slip of the pen. */
const SECRET_FORM = /^whsec_([A-Za-z0-9+/]+={0,2})$/;
const SECRET_BYTES_MIN = 24;
const SECRET_BYTES_MAX = 64;

function signerOf(secret: string, index: number) {
  const base64 = SECRET_FORM.exec(secret)?.[1] ?? '';
  const bytes = Buffer.from(base64, 'base64').length;
  if (bytes < SECRET_BYTES_MIN || bytes > SECRET_BYTES_MAX) {
    throw new ClientFault(
      'STRATA_CLIENT_SECRET',
      `Secret ${index + 1} cannot be used. Give it as the subscription has it: whsec_ and the ` +
        'base64 of 24 to 64 bytes.',
    );
  }
  const webhook = new Webhook(secret);
  return (id: string, sentAt: Date, body: string) => webhook.sign(id, sentAt, body);
}

function textOf(body: string | Uint8Array): string | null {
  if (typeof body === 'string') return body;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return null;
  }
}

function contentOf(text: string, verified: VerifiedWebhook): ReadWebhook {
  const { type, data } = parsed(text);
  if (typeof type !== 'string') return refused('malformed-body', 'The body has no type.');
  const name = TIER_TYPE.exec(type)?.[1];
  if (!isTierChangeType(name)) return { kind: 'other', ...verified, type, data };
  const change = typeof data === 'object' && data !== null ? tierChangeFrom({ ...data }) : null;
  if (change === null || change.type !== name) {
    return refused('malformed-body', 'The data is no tier change.');
  }
  return { kind: 'tier-change', ...verified, change };
}

function parsed(text: string): { readonly type?: unknown; readonly data?: unknown } {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? json : {};
  } catch {
    return {};
  }
}

function refused(code: RefusalCode, reason: string): RefusedWebhook {
  return { kind: 'refused', code, status: code === 'malformed-body' ? 400 : 401, reason };
}
