import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ContractFault } from './contract-fault.ts';
import { parseStrictJson, tellableName } from './strict-json.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function reasonOf(value: Uint8Array): string {
  try {
    parseStrictJson(value);
    return 'taken';
  } catch (error) {
    if (error instanceof ContractFault) return error.reason;
    throw error;
  }
}

test.each([
  ['', 'not-json'],
  ['null', 'not-json'],
  ['[]', 'not-json'],
  ['"text"', 'not-json'],
  ['{"a":1', 'not-json'],
  ['{"a":1}{"b":2}', 'not-json'],
  ['{"a":NaN}', 'not-json'],
  ["{'a':1}", 'not-json'],
  ['{"a":1,}', 'not-json'],
  ['{"a":1,"a":1}', 'duplicate-key'],
  ['{"a":1,"\\u0061":2}', 'duplicate-key'],
  ['{"x":{"a":1,"b":{"c":1},"a":2}}', 'duplicate-key'],
  ['{"__proto__":{"isAdmin":true}}', 'unsafe-key'],
  ['{"\\u005f_proto__":1}', 'unsafe-key'],
  ['{"a":{"constructor":1}}', 'unsafe-key'],
  ['{"a":9007199254740993}', 'unsafe-number'],
  ['{"a":-9007199254740992}', 'unsafe-number'],
  ['{"a":1e400}', 'unsafe-number'],
  ['{"a":[1e16]}', 'unsafe-number'],
  [`{"a":${'['.repeat(8)}${']'.repeat(8)}}`, 'too-deep'],
  [`{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, 'too-deep'],
  [`{"a":"${'x'.repeat(65_536)}"}`, 'too-large'],
])('refuses %.40s as %s', (text, reason) => {
  expect(reasonOf(bytes(text))).toBe(reason);
});

test('refuses bytes that are not UTF-8', () => {
  expect(reasonOf(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d))).toBe('not-utf8');
  expect(reasonOf(Uint8Array.of(0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x7d))).toBe('not-utf8');
});

test('takes what only looks dangerous', () => {
  const text =
    '{"a":"{\\"a\\":1,\\"a\\":2}","b":[{"a":1},{"a":2}],"c":"9007199254740993","d":-0.5e-3}';
  expect(parseStrictJson(bytes(text))).toEqual(JSON.parse(text));
});

test('agrees with JSON.parse on every object without its traps', () => {
  const traps = new Set(['__proto__', 'constructor', 'prototype']);
  const key = fc.string().filter((name) => !traps.has(name));
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const value = fc.oneof(leaf, fc.array(leaf), fc.dictionary(key, leaf));
  fc.assert(
    fc.property(fc.dictionary(key, value), fc.boolean(), (object, isIndented) => {
      const text = JSON.stringify(object, null, isIndented ? 2 : 0);
      expect(parseStrictJson(bytes(text))).toEqual(JSON.parse(text));
    }),
  );
});

test('tells only names that are plainly names', () => {
  expect(['orderId', 'amount.minor', 'roles.0'].map(tellableName)).not.toContain(null);
  expect(['Li Na', 'a@b', '13800000000', '王', 'x'.repeat(65)].map(tellableName)).toEqual(
    Array.from({ length: 5 }, () => null),
  );
});

/** Written by hand, so that keys come twice, numbers are long and nothing is escaped that need not be. */
const jsonText: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom(
      '0',
      '-1',
      '1.5',
      '1e3',
      '1E400',
      '-0.0',
      '999999999999999',
      '9007199254740993',
    ),
    fc.constantFrom('0.1234567890123456789', '12345678901234567', 'true', 'false', 'null', '""'),
    fc.constantFrom('"a:b"', '"\\u0061"', '"{\\"a\\":1}"', '"王"', '"__proto__"', '"1e99"'),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[ ${items.join(' ,')}]`),
    fc
      .array(
        fc.tuple(
          fc.constantFrom('"a"', '"b"', '"\\u0061"', '"constructor"', '"a:b"', '"e1"', '"王"'),
          tie('value'),
        ),
        { maxLength: 4 },
      )
      .map((members) => `{${members.map(([key, value]) => `${key} :${value}`).join(',\n')}}`),
  ),
})).value;

test('takes and refuses what the whole scan takes and refuses, whichever way it came', () => {
  fc.assert(
    fc.property(jsonText, (inner) => {
      const text = `{"whole":${inner}}`;
      // A byte order mark is dropped, and keeps the text from the short way.
      const marked = Buffer.from(`\ufeff${text.replace('whole', '\\u0077hole')}`);
      expect(reasonOf(Buffer.from(text))).toBe(reasonOf(marked));
    }),
    { numRuns: 5_000 },
  );
});

test('tells a doubled name only where a contract has it: any other may be a value in disguise', () => {
  const fieldOf = (text: string): string | null => {
    try {
      parseStrictJson(bytes(text));
    } catch (error) {
      if (error instanceof ContractFault) return error.field;
    }
    throw new Error('it was taken');
  };
  expect(fieldOf('{"orderId":1,"orderId":2}')).toBe('orderId');
  expect(fieldOf('{"LiNa13800000000":1,"LiNa13800000000":2}')).toBeNull();
});
