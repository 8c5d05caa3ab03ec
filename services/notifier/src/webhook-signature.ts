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

export interface SigningSecret {
  /** `whsec_` and base64. */
  readonly secret: string;
  /** It signs before this instant; null for one without an end. */
  readonly endsAtMs: number | null;
}

/**
 * Standard Webhooks, scheme v1 (HMAC-SHA256), one signature for each secret that holds when the webhook is sent, with
 * spaces between them. The secrets live in the closure alone, so that no log line and no printed object can carry them.
 */
export function signWith(secrets: readonly SigningSecret[]): SignWebhook {
  const webhooks = secrets.map(({ secret, endsAtMs }) => ({
    endsAtMs: endsAtMs ?? Number.POSITIVE_INFINITY,
    webhook: new Webhook(secret),
  }));
  return ({ id, sentAtMs, body }) => ({
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(sentAtMs / 1000)),
    'webhook-signature': webhooks
      .filter(({ endsAtMs }) => sentAtMs < endsAtMs)
      .map(({ webhook }) => webhook.sign(id, new Date(sentAtMs), body))
      .join(' '),
  });
}
