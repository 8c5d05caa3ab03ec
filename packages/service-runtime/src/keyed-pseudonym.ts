import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/**
 * Stands for the id of a customer in everything behind the intake: `p-` and 27 characters of base64url. The first 16
 * bytes are an HMAC-SHA-256 of the id, cut: among a thousand million customers two share one with a chance of less than
 * 2 in 10^21. The last 4 vouch for them, so that whoever has the key tells its own pseudonyms from ids (one id in
 * 4,000 million that looks like a pseudonym is taken for one).
 */
const PREFIX = 'p-';
const NAME_BYTES = 16;
const SEAL_BYTES = 4;
const FORM = /^p-[A-Za-z0-9_-]{27}$/;
const KEY_ID_DIGITS = 16;

export interface KeyedPseudonyms {
  /** Names the key without telling it: 16 hex digits. */
  readonly keyId: string;
  /** The pseudonym of an id; one that is a pseudonym under this key already stays. */
  readonly of: (id: string) => string;
  readonly isOwn: (id: string) => boolean;
}

export function keyedPseudonyms(key: Uint8Array): KeyedPseudonyms {
  const [ofNames, ofSeals] = [
    derived(key, 'strata pseudonym'),
    derived(key, 'strata pseudonym seal'),
  ];
  const sealOf = (name: Buffer): Buffer =>
    createHmac('sha256', ofSeals).update(name).digest().subarray(0, SEAL_BYTES);
  const isOwn = (id: string): boolean => {
    if (!looksLikePseudonym(id)) return false;
    const bytes = Buffer.from(id.slice(PREFIX.length), 'base64url');
    const name = bytes.subarray(0, NAME_BYTES);
    // Written anew: the last character has bits to spare, and one customer must not have two names.
    return pseudonymOf(name, sealOf(name)) === id;
  };
  return {
    keyId: derived(key, 'strata pseudonym key').export().toString('hex').slice(0, KEY_ID_DIGITS),
    of: (id) => {
      if (isOwn(id)) return id;
      const name = createHmac('sha256', ofNames).update(id).digest().subarray(0, NAME_BYTES);
      return pseudonymOf(name, sealOf(name));
    },
    isOwn,
  };
}

export function looksLikePseudonym(id: string): boolean {
  return FORM.test(id);
}

function pseudonymOf(name: Buffer, seal: Buffer): string {
  return PREFIX + Buffer.concat([name, seal]).toString('base64url');
}

/** A key of its own for each purpose. */
function derived(key: Uint8Array, purpose: string): KeyObject {
  return createSecretKey(createHmac('sha256', key).update(purpose).digest());
}
