import { isIPv6 } from 'node:net';
import { isPrivateAddress, isPrivateLiteral } from '@strata/subscriptions';
import fc from 'fast-check';
import { expect, test } from 'vitest';

/** IANA's registries of special-purpose addresses, as numbers: network, bits of its prefix. */
const SPECIAL_V4: readonly (readonly [number, number])[] = [
  [0x00000000, 8],
  [0x0a000000, 8],
  [0x64400000, 10],
  [0x7f000000, 8],
  [0xa9fe0000, 16],
  [0xac100000, 12],
  [0xc0000000, 24],
  [0xc0000200, 24],
  [0xc0586300, 24],
  [0xc0a80000, 16],
  [0xc6120000, 15],
  [0xc6336400, 24],
  [0xcb007100, 24],
  [0xe0000000, 4],
  [0xf0000000, 4],
  // Azure's own.
  [0xa83f8110, 32],
];
const SPECIAL_V6: readonly (readonly [bigint, number])[] = [
  [0n, 8],
  [0x0064_ff9b_0000_0000_0000_0000_0000_0000n, 96],
  [0x0064_ff9b_0001_0000_0000_0000_0000_0000n, 48],
  [0x0100_0000_0000_0000_0000_0000_0000_0000n, 64],
  [0x2001_0000_0000_0000_0000_0000_0000_0000n, 23],
  [0x2001_0db8_0000_0000_0000_0000_0000_0000n, 32],
  [0x2002_0000_0000_0000_0000_0000_0000_0000n, 16],
  [0x3fff_0000_0000_0000_0000_0000_0000_0000n, 20],
  [0x5f00_0000_0000_0000_0000_0000_0000_0000n, 16],
  [0xfc00_0000_0000_0000_0000_0000_0000_0000n, 7],
  [0xfe80_0000_0000_0000_0000_0000_0000_0000n, 10],
  [0xfec0_0000_0000_0000_0000_0000_0000_0000n, 10],
  [0xff00_0000_0000_0000_0000_0000_0000_0000n, 8],
];

const isSpecialV4 = (address: number) =>
  SPECIAL_V4.some(
    ([network, bits]) => Math.floor(address / 2 ** (32 - bits)) === network / 2 ** (32 - bits),
  );

const specialV4 = fc
  .constantFrom(...SPECIAL_V4)
  .chain(([network, bits]) => fc.nat({ max: 2 ** (32 - bits) - 1 }).map((host) => network + host));
const publicV4 = fc.nat({ max: 2 ** 32 - 1 }).filter((address) => !isSpecialV4(address));
const specialV6 = fc
  .constantFrom(...SPECIAL_V6)
  .chain(([network, bits]) =>
    fc.bigInt({ min: 0n, max: 2n ** BigInt(128 - bits) - 1n }).map((host) => network + host),
  );

type Part = (value: number) => string;
const PARTS: readonly Part[] = [
  (value) => String(value),
  (value) => `0${value.toString(8)}`,
  (value) => `000${value.toString(8)}`,
  (value) => `0x${value.toString(16)}`,
  (value) => `0X00${value.toString(16).toUpperCase()}`,
];
const WRITINGS: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.replaceAll(/[!-~]/g, (ascii) => String.fromCharCode(ascii.charCodeAt(0) + 0xfee0)),
  (text) =>
    text.replaceAll(/./g, (ascii) => `%${ascii.charCodeAt(0).toString(16).padStart(2, '0')}`),
  (text) => text.replaceAll('.', '。'),
  (text) => `${text}.`,
];

/** Any spelling that a parser of URLs reads as this IPv4 address. */
const spelledV4 = (address: number) =>
  fc
    .record({
      count: fc.integer({ min: 1, max: 4 }),
      parts: fc.array(fc.constantFrom(...PARTS), { minLength: 4, maxLength: 4 }),
      writing: fc.constantFrom(...WRITINGS),
    })
    .map(({ count, parts, writing }) => {
      const leading = Array.from(
        { length: count - 1 },
        (_, index) => Math.floor(address / 256 ** (3 - index)) % 256,
      );
      const values = [...leading, address % 256 ** (5 - count)];
      return writing(values.map((value, index) => parts[index]?.(value)).join('.'));
    });

/** Groups with or without leading zeros and upper case, one run of zeros or none left out, the end as IPv4. */
const spelledV6 = (address: bigint) =>
  fc
    .record({ width: fc.integer({ min: 1, max: 4 }), isUpper: fc.boolean(), hasV4: fc.boolean() })
    .map(({ width, isUpper, hasV4 }) => {
      const groups = Array.from({ length: 8 }, (_, index) =>
        Number((address >> BigInt(16 * (7 - index))) & 0xffffn),
      );
      const written = groups.map((group) => group.toString(16).padStart(width, '0'));
      const tail = groups.slice(6).flatMap((group) => [group >> 8, group & 0xff]);
      const text = [...written.slice(0, 6), ...(hasV4 ? [tail.join('.')] : written.slice(6))].join(
        ':',
      );
      return isUpper ? text.toUpperCase() : text;
    });

const withSpelling = <T>(address: fc.Arbitrary<T>, spell: (address: T) => fc.Arbitrary<string>) =>
  address.chain((value) => spell(value).map((text) => ({ value, text })));

test('a special IPv4 address is refused in every spelling', () => {
  fc.assert(
    fc.property(withSpelling(specialV4, spelledV4), ({ text }) => {
      expect(isPrivateLiteral(new URL(`https://${text}/`))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('a public IPv4 address is taken in every spelling', () => {
  fc.assert(
    fc.property(withSpelling(publicV4, spelledV4), ({ text }) => {
      expect(isPrivateLiteral(new URL(`https://${text}/`))).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});

test('a special IPv6 address is refused in every spelling, in a URL and from a resolver', () => {
  fc.assert(
    fc.property(withSpelling(specialV6, spelledV6), ({ text }) => {
      expect(isIPv6(text)).toBe(true);
      expect(isPrivateAddress(text)).toBe(true);
      expect(isPrivateLiteral(new URL(`https://[${text}]/`))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('an IPv4 address inside an IPv6 one is refused, whatever it is', () => {
  const PREFIXES = ['::', '::ffff:', '::ffff:0:', '64:ff9b::', '64:ff9b:1::'];
  const embedded = fc.tuple(fc.constantFrom(...PREFIXES), fc.ipV4()).map((parts) => parts.join(''));
  fc.assert(
    fc.property(embedded, (address) => {
      expect(isPrivateAddress(address)).toBe(true);
    }),
  );
});

test('what is no address is refused', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!isIPv6(text));
      expect(isPrivateAddress(`${text}x`)).toBe(true);
    }),
  );
});
