import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { sealingKeyId } from './sealing.ts';

const KEY_ID_DIGITS = 8;
const HASH_DIGITS = 32;

/**
 * Stands for a text that must not be stored: 40 hex digits, those of the key's id first. Who has no key can neither
 * turn it back nor try a guess. The key is derived from that of the stack, so that it serves this one purpose.
 */
export function keyedMarker(key: Uint8Array): (text: string) => string {
  const own: KeyObject = createSecretKey(
    createHmac('sha256', key).update('strata marker').digest(),
  );
  const id = sealingKeyId(key).slice(0, KEY_ID_DIGITS);
  return (text) => id + createHmac('sha256', own).update(text).digest('hex').slice(0, HASH_DIGITS);
}

/** Which key a marker was made with. */
export function markerKeyId(marker: string): string {
  return marker.slice(0, KEY_ID_DIGITS);
}
