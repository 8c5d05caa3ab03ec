import { Webhook } from 'standardwebhooks';

export interface SignedHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

export interface SignatureInput {
  /** Stable over every retry: what the receiver drops repeats by. */
  readonly id: string;
  readonly sentAtMs: number;
  readonly body: string;
}

export type SignWebhook = (input: SignatureInput) => SignedHeaders;

/**
 * Standard Webhooks, scheme v1 (HMAC-SHA256). The secret lives in the closure alone, so that no log
 * line and no printed object can carry it.
 */
export function signWith(secret: string): SignWebhook {
  const webhook = new Webhook(secret);
  return ({ id, sentAtMs, body }) => ({
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(sentAtMs / 1000)),
    'webhook-signature': webhook.sign(id, new Date(sentAtMs), body),
  });
}
