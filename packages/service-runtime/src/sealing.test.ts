import { describe, expect, it } from 'vitest';
import { parseSealingKey, seal, sealingKeyId, unseal } from './sealing.ts';

const key = new Uint8Array(32).fill(7);
const otherKey = new Uint8Array(32).fill(8);
const text = new TextEncoder().encode('林记茶行');

describe('sealing', () => {
  it('gives back what was sealed, also nothing at all', () => {
    expect(unseal(key, seal(key, text))).toEqual(text);
    expect(unseal(key, seal(key, new Uint8Array()))).toEqual(new Uint8Array());
  });

  it('never seals the same bytes alike, and shows none of them', () => {
    const [a, b] = [seal(key, text), seal(key, text)];
    expect(Buffer.from(a).equals(Buffer.from(b))).toBe(false);
    expect(Buffer.from(a).includes(Buffer.from(text))).toBe(false);
  });

  it('names the key that is needed when another is given', () => {
    expect(() => unseal(otherKey, seal(key, text))).toThrow(sealingKeyId(key));
  });

  it('refuses every changed byte', () => {
    const sealed = seal(key, text);
    for (let index = 0; index < sealed.length; index++) {
      const changed = sealed.slice();
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => unseal(key, changed), `byte ${index}`).toThrow(/STRATA|envelope|sealed/);
    }
    expect(() => unseal(key, sealed.subarray(0, 20))).toThrow('not an envelope');
  });

  it('reads keys in base64, base64url and hex, and refuses the rest', () => {
    const bytes = Buffer.from(Array.from({ length: 32 }, (_, i) => 255 - i));
    for (const form of ['base64', 'base64url', 'hex'] as const) {
      expect(Buffer.from(parseSealingKey(bytes.toString(form)))).toEqual(bytes);
    }
    expect(() => parseSealingKey('short')).toThrow('openssl rand -base64 32');
  });
});
