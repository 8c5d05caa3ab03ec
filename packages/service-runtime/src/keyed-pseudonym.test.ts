import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyedPseudonyms, looksLikePseudonym } from './keyed-pseudonym.ts';

const own = keyedPseudonyms(new Uint8Array(32).fill(7));
const other = keyedPseudonyms(new Uint8Array(32).fill(8));

describe('pseudonyms', () => {
  // Worked out apart from this code, with Python's hmac.
  it('are the same on every machine and in every version', () => {
    expect(own.of('林记茶行')).toBe('p-mOp56Y4mASKBu3IukeaoHxm7qYE');
    expect(own.keyId).toBe('cef3d3eacc82e4b5');
  });

  it('stand for any id, each for one, and stay what they are', () => {
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (id) => {
        const name = own.of(id);
        expect(looksLikePseudonym(name)).toBe(true);
        expect(seen.get(name) ?? id).toBe(id);
        seen.set(name, id);
        expect(own.of(name)).toBe(name);
        expect(own.isOwn(name)).toBe(true);
        expect(own.isOwn(id)).toBe(false);
      }),
    );
  });

  it('of another key are ids like others', () => {
    const name = other.of('c1');
    expect(own.isOwn(name)).toBe(false);
    expect(own.of(name)).not.toBe(name);
    expect(own.keyId).not.toBe(other.keyId);
  });

  it('have one spelling, and no letter of it can be changed', () => {
    const name = own.of('c1');
    for (let at = 2; at < name.length; at++) {
      const changed = name.slice(0, at) + (name[at] === 'A' ? 'B' : 'A') + name.slice(at + 1);
      expect(own.isOwn(changed), changed).toBe(false);
    }
  });
});
