import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { RuntimeFault } from './runtime-fault.ts';

/**
 * Seals bytes that may hold personal data (the originals of dead letters) with a key of the stack: AES-256-GCM.
 * Envelope: version (1 byte), key id (8), nonce (12), tag (16), ciphertext. The first nine bytes are authenticated
 * too, so that an envelope cannot be passed off as one of another version or key.
 */

const VERSION = 1;
const KEY_BYTES = 32;
const KEY_ID_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NONCE_AT = 1 + KEY_ID_BYTES;
const TAG_AT = NONCE_AT + NONCE_BYTES;
const TEXT_AT = TAG_AT + TAG_BYTES;

/** 32 bytes from base64 (standard or url) or hex; null for anything else. */
export function parseKey(text: string): Uint8Array | null {
  const trimmed = text.trim();
  const bytes = /^[0-9a-fA-F]{64}$/.test(trimmed)
    ? Buffer.from(trimmed, 'hex')
    : /^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)
      ? Buffer.from(trimmed, 'base64')
      : null;
  return bytes?.length === KEY_BYTES ? new Uint8Array(bytes) : null;
}

export function parseSealingKey(text: string): Uint8Array {
  const key = parseKey(text);
  if (key !== null) return key;
  throw new RuntimeFault(
    'STRATA_SEALING_KEY_INVALID',
    'The sealing key is not 32 bytes in base64 or hex; make one with: openssl rand -base64 32',
  );
}

/** Names a key without telling it: 16 hex digits. */
export function sealingKeyId(key: Uint8Array): string {
  return Buffer.from(keyIdBytes(key)).toString('hex');
}

export function seal(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  assertKey(key);
  const head = Buffer.concat([Buffer.of(VERSION), keyIdBytes(key)]);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(head);
  const text = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return new Uint8Array(Buffer.concat([head, nonce, cipher.getAuthTag(), text]));
}

export function unseal(key: Uint8Array, envelope: Uint8Array): Uint8Array {
  assertKey(key);
  const sealed = Buffer.from(envelope);
  if (sealed.length < TEXT_AT || sealed[0] !== VERSION) {
    throw new RuntimeFault(
      'STRATA_SEALING_BROKEN',
      `The sealed bytes are not an envelope of version ${VERSION}; they were cut or are something else.`,
    );
  }
  if (!sealed.subarray(1, NONCE_AT).equals(keyIdBytes(key))) {
    throw new RuntimeFault(
      'STRATA_SEALING_OTHER_KEY',
      `The bytes were sealed with key ${sealed.toString('hex', 1, NONCE_AT)}, ` +
        `not with ${sealingKeyId(key)}; set STRATA_SEALING_KEY to that key.`,
    );
  }
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(NONCE_AT, TAG_AT))
    .setAAD(sealed.subarray(0, NONCE_AT))
    .setAuthTag(sealed.subarray(TAG_AT, TEXT_AT));
  try {
    const bytes = Buffer.concat([decipher.update(sealed.subarray(TEXT_AT)), decipher.final()]);
    return new Uint8Array(bytes);
  } catch (cause) {
    throw new RuntimeFault(
      'STRATA_SEALING_BROKEN',
      'The sealed bytes do not open: they were changed after they were sealed.',
      cause,
    );
  }
}

function keyIdBytes(key: Uint8Array): Buffer {
  return createHash('sha256')
    .update('strata sealing key')
    .update(key)
    .digest()
    .subarray(0, KEY_ID_BYTES);
}

function assertKey(key: Uint8Array): void {
  if (key.length !== KEY_BYTES) {
    throw new TypeError(
      `Broken invariant: a sealing key has ${KEY_BYTES} bytes, not ${key.length}`,
    );
  }
}
