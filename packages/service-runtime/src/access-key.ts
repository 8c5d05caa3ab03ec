import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { RuntimeFault } from './runtime-fault.ts';

/**
 * Keys by which systems outside show who they are: `strata_<name>_<secret>`. Files hold hashes, so
 * whoever reads one can do nothing. The secret is 256 random bits, which no list of guesses reaches:
 * a fast hash is as good as a slow one, and costs no request a tenth of a second.
 */

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;
const TOKEN = /^strata_([a-z0-9][a-z0-9-]{0,39})_[A-Za-z0-9_-]{43}$/;
const SECRET_BYTES = 32;

/** What every kind of key has; a kind adds what its keys may do. */
export const accessKeyFields = {
  name: z.string().regex(NAME, 'has to be lower-case letters, digits and hyphens'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'has to be 64 hex digits'),
};

export interface AccessKey {
  readonly name: string;
  /** Of the token, in hex. */
  readonly sha256: string;
}

/** A kind of key: what its files hold, and by which command they are made. */
export interface KeyKind<K extends AccessKey> {
  readonly schema: z.ZodType<K>;
  readonly command: string;
}

export function isKeyName(text: string): boolean {
  return NAME.test(text);
}

/** The keys of a file; throws with the place and what is wrong there. */
export function parseKeyFile<K extends AccessKey>(
  { schema, command }: KeyKind<K>,
  text: string,
  place: string,
): readonly K[] {
  const invalid = (what: string): RuntimeFault =>
    new RuntimeFault(
      'STRATA_API_KEYS_INVALID',
      `The keys in ${place} cannot be used: ${what}. Correct the file, or make keys with ${command}.`,
    );
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalid('it is not JSON');
  }
  const file = z
    .strictObject({ format: z.literal(1), keys: z.array(schema) })
    .refine(
      ({ keys }) => new Set(keys.map(({ name }) => name)).size === keys.length,
      'has two keys of one name',
    );
  const parsed = file.safeParse(json);
  if (parsed.success) return parsed.data.keys;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join('.') ?? '';
  throw invalid(`${path === '' ? 'the file' : path}: ${issue?.message}`);
}

export function keyFileText<K extends AccessKey>(keys: readonly K[]): string {
  return `${JSON.stringify({ format: 1, keys }, null, 2)}\n`;
}

/** A token that is shown once and kept nowhere, and what a file keeps of it. */
export function newToken(name: string): { readonly token: string; readonly sha256: string } {
  const token = `strata_${name}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { token, sha256: hashOf(token).toString('hex') };
}

/** The key of a token, or null: as long for a wrong secret as for a wrong name. */
export function findKey<K extends AccessKey>(
  keys: ReadonlyMap<string, K>,
  token: string,
): K | null {
  const [, name = ''] = TOKEN.exec(token) ?? [];
  const key = keys.get(name);
  const wanted = Buffer.from(key?.sha256 ?? '0'.repeat(64), 'hex');
  return timingSafeEqual(hashOf(token), wanted) && key !== undefined ? key : null;
}

/** The token of an `Authorization: Bearer` header, null without one. */
export function bearerToken(authorization: string | undefined): string | null {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? null;
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
