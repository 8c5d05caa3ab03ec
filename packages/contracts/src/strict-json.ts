import { isUtf8 } from 'node:buffer';
import { ContractFault } from './contract-fault.ts';
import { isContractName } from './contract-names.ts';

/**
 * JSON as the intake takes it: one object, every key once, nothing that JavaScript would round,
 * hide or choke on. `JSON.parse` checks the grammar; it keeps the last of two equal keys and rounds
 * large numbers without a word, so a scan of the text, then known to be valid, refuses those.
 */

/**
 * An event is three levels deep (event, attributes, roles); eight leaves room for what is dropped.
 */
const DEPTH_MAX = 8;
const SOURCE_DEPTH_MAX = 32;
export const RECORD_BYTES_MAX_DEFAULT = 65_536;
const UNSAFE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/**
 * A field's name may be told only where it is short and plain: a name can be a value in disguise.
 */
const TELLABLE_NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;

export type JsonObject = Readonly<Record<string, unknown>>;

/** What a kind of JSON may hold. */
interface JsonForm {
  readonly depthMax: number;
  /** Numbers that are not exact are refused, or read as the text of their digits, as ids of 19 digits are meant. */
  readonly largeNumbers: 'refuse' | 'as-text';
}

const OF_EVENTS: JsonForm = { depthMax: DEPTH_MAX, largeNumbers: 'refuse' };
const OF_SOURCES: JsonForm = { depthMax: SOURCE_DEPTH_MAX, largeNumbers: 'as-text' };

/** The object in the bytes; throws a `ContractFault` for anything else. */
export function parseStrictJson(
  bytes: Uint8Array,
  bytesMax: number = RECORD_BYTES_MAX_DEFAULT,
): JsonObject {
  return parseObject(bytes, bytesMax, OF_EVENTS);
}

/** The same for objects of other systems, which are deeper and number their orders beyond 2^53. */
export function parseSourceJson(bytes: Uint8Array, bytesMax: number): JsonObject {
  return parseObject(bytes, bytesMax, OF_SOURCES);
}

function parseObject(bytes: Uint8Array, bytesMax: number, form: JsonForm): JsonObject {
  if (bytes.length > bytesMax) {
    throw new ContractFault('too-large', null, `The record is larger than ${bytesMax} bytes.`);
  }
  const text = decodeUtf8(bytes);
  const parsed = parse(text);
  const isAsItStands = isClean(text, parsed, form.depthMax) || !scan(text, form);
  const value = isAsItStands ? parsed : parseKeepingDigits(text);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new ContractFault('not-json', null, 'The value is JSON, but not an object.');
  }
  return value as JsonObject;
}

/** The name where it may be told, else null. */
export function tellableName(name: string): string | null {
  return TELLABLE_NAME.test(name) ? name : null;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Of a byte order mark. The decoder drops one; a buffer would keep it. */
const MARK_BYTE = 0xef;

function decodeUtf8(bytes: Uint8Array): string {
  if (Buffer.isBuffer(bytes) && bytes[0] !== MARK_BYTE && isUtf8(bytes)) return bytes.toString();
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new ContractFault('not-utf8', null, 'The value is not valid UTF-8.');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's own message quotes the text, which may be personal.
    throw new ContractFault('not-json', null, 'The value is not JSON.');
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const ZERO = 0x30;
const NINE = 0x39;
const NUMBER = /-?\d[\d.eE+-]*/y;
/** So many characters of digits alone never reach 2^53. */
const SAFE_DIGITS_MAX = 15;

/**
 * Whether valid JSON has surely none of the faults that `scan` looks for, at a fraction of its
 * cost: most records are like this. Behind each colon outside of strings stands a value, so where a
 * key came twice there are more colons than keys in what was parsed.
 */
function isClean(text: string, value: unknown, depthMax: number): boolean {
  if (text.includes('\\')) return false;
  let colons = 0;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === QUOTE) i = text.indexOf('"', i + 1);
    else if (unit === COLON) colons += 1;
    else if (unit === 0x7b || unit === 0x5b) {
      depth += 1;
      if (depth > depthMax) return false;
    } else if (unit === 0x7d || unit === 0x5d) depth -= 1;
    else if (unit >= ZERO && unit <= NINE) {
      const end = endOfDigits(text, i);
      if (end - i >= SAFE_DIGITS_MAX) return false;
      i = end;
    } else if (unit === 0x45 || unit === 0x2b) return false;
    else if (unit === 0x65 && text.charCodeAt(i - 1) <= NINE) return false;
  }
  return keysIn(value) === colons;
}

/** Position of the last digit of a run. */
function endOfDigits(text: string, start: number): number {
  let i = start;
  while (text.charCodeAt(i + 1) >= ZERO && text.charCodeAt(i + 1) <= NINE) i += 1;
  return i;
}

/** Keys at every level; none at all where one of them is unsafe. */
function keysIn(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += keysIn(item);
    return count;
  }
  for (const name in value) {
    if (UNSAFE_KEYS.has(name)) return Number.NaN;
    const inner = (value as Readonly<Record<string, unknown>>)[name];
    count += typeof inner === 'object' ? 1 + keysIn(inner) : 1;
  }
  return count;
}

/** Numbers that a double cannot hold come as their digits. */
function parseKeepingDigits(text: string): unknown {
  const revive: SourceReviver = (_key, value, { source }) =>
    typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER ? source : value;
  return (JSON.parse as (json: string, reviver: SourceReviver) => unknown)(text, revive);
}

/** What the language gives a reviver since ES2026; the compiler's library knows no third argument yet. */
type SourceReviver = (
  key: string,
  value: unknown,
  context: { readonly source?: string },
) => unknown;

/**
 * Walks valid JSON once, and says whether it met numbers that have to be read as text. In an object, a string before a
 * colon is a key: `keys` of the open object is not null.
 */
function scan(text: string, { depthMax, largeNumbers }: JsonForm): boolean {
  const open: (Set<string> | null)[] = [];
  let isKeyNext = false;
  let hasLarge = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === QUOTE) {
      const end = endOfString(text, i);
      if (isKeyNext) addKey(open.at(-1) ?? null, text.slice(i, end + 1));
      isKeyNext = false;
      i = end;
    } else if (unit === 0x7b || unit === 0x5b) {
      if (open.push(unit === 0x7b ? new Set() : null) > depthMax) {
        throw new ContractFault('too-deep', null, `The JSON is deeper than ${depthMax} levels.`);
      }
      isKeyNext = unit === 0x7b;
    } else if (unit === 0x7d || unit === 0x5d) {
      open.pop();
      isKeyNext = false;
    } else if (unit === 0x2c) {
      isKeyNext = (open.at(-1) ?? null) !== null;
    } else if (unit === 0x2d || (unit >= 0x30 && unit <= 0x39)) {
      const { end, isLarge } = numberAt(text, i);
      if (isLarge && largeNumbers === 'refuse') {
        throw new ContractFault('unsafe-number', null, 'A number is too large to be exact.');
      }
      hasLarge ||= isLarge;
      i = end;
    }
  }
  return hasLarge;
}

function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (text.charCodeAt(i) !== QUOTE) i += text.charCodeAt(i) === BACKSLASH ? 2 : 1;
  return i;
}

function addKey(keys: Set<string> | null, quoted: string): void {
  // A key can be written with escapes: only its value tells whether it was there before.
  const key = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
  if (UNSAFE_KEYS.has(key)) {
    throw new ContractFault('unsafe-key', key, `${key} is not allowed as a name.`);
  }
  if (keys?.has(key) === true) {
    const field = isContractName(key) ? key : null;
    throw new ContractFault('duplicate-key', field, 'A key appears twice.');
  }
  keys?.add(key);
}

/** Beyond 2^53 - 1 neighbours fall together, whatever the text says. */
function numberAt(
  text: string,
  start: number,
): { readonly end: number; readonly isLarge: boolean } {
  NUMBER.lastIndex = start;
  const digits = NUMBER.exec(text)?.[0] ?? '';
  return {
    end: start + Math.max(digits.length, 1) - 1,
    isLarge: Math.abs(Number(digits)) > Number.MAX_SAFE_INTEGER,
  };
}
