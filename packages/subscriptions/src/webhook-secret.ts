import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { CONTENT_SENTENCES } from './content-sentences.ts';

/** Standard Webhooks asks for 24 to 64 random bytes. */
const SECRET_BYTES_MIN = 24;
const SECRET_BYTES_MAX = 64;
const SECRET_BYTES = 32;

export const secretSchema = z.string(CONTENT_SENTENCES.secret.en).refine((text) => {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  const bytes = base64 === undefined ? 0 : Buffer.from(base64, 'base64').length;
  return bytes >= SECRET_BYTES_MIN && bytes <= SECRET_BYTES_MAX;
}, CONTENT_SENTENCES.secret.en);

export function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

type Seal = (bytes: Uint8Array) => Uint8Array;

/** The subscription is sealed in, so that nobody can hand one the secret, or the customer, of another. */
export function sealFor(seal: Seal, subscription: string, text: string): Uint8Array {
  return seal(new TextEncoder().encode(JSON.stringify({ subscription, text })));
}

/** @throws TypeError where it was sealed for another subscription, and whatever `unseal` throws. */
export function unsealFor(unseal: Seal, subscription: string, sealed: Uint8Array): string {
  const opened = JSON.parse(new TextDecoder().decode(unseal(sealed))) as Record<string, unknown>;
  if (opened['subscription'] !== subscription || typeof opened['text'] !== 'string') {
    throw new TypeError(`The sealed text is not one of subscription ${subscription}`);
  }
  return opened['text'];
}
