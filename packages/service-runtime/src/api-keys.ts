import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { RuntimeFault } from './runtime-fault.ts';

/**
 * Keys by which systems outside show who they are: `strata_<name>_<secret>`. The file holds hashes,
 * so whoever reads it can send nothing. The secret is 256 random bits, which no list of guesses
 * reaches: a fast hash is as good as a slow one, and costs no request a tenth of a second.
 */

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;
const TOKEN = /^strata_([a-z0-9][a-z0-9-]{0,39})_[A-Za-z0-9_-]{43}$/;
const SECRET_BYTES = 32;
export const ANY_SOURCE = '*';
/** What a key may send where nothing is said. */
const QUOTA_DEFAULT = { eventsPerSecond: 500, burst: 10_000 };

const apiKeySchema = z.strictObject({
  name: z.string().regex(NAME, 'has to be lower-case letters, digits and hyphens'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'has to be 64 hex digits'),
  sources: z.array(z.string().min(1)).min(1),
  eventsPerSecond: z.number().positive().max(1_000_000).default(QUOTA_DEFAULT.eventsPerSecond),
  burst: z.number().int().positive().max(10_000_000).default(QUOTA_DEFAULT.burst),
});
const fileSchema = z
  .strictObject({ format: z.literal(1), keys: z.array(apiKeySchema) })
  .refine(
    ({ keys }) => new Set(keys.map(({ name }) => name)).size === keys.length,
    'has two keys of one name',
  );

/** A key as the file holds it. `sources`: whose events it may send; `*` for anybody's. */
export type ApiKey = Readonly<z.output<typeof apiKeySchema>>;

/** The keys of a file; throws with the place and what is wrong there. */
export function parseApiKeys(text: string, place: string): readonly ApiKey[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalid(place, 'it is not JSON');
  }
  const parsed = fileSchema.safeParse(json);
  if (parsed.success) return parsed.data.keys;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join('.') ?? '';
  throw invalid(place, `${path === '' ? 'the file' : path}: ${issue?.message}`);
}

export function apiKeysText(keys: readonly ApiKey[]): string {
  return `${JSON.stringify({ format: 1, keys }, null, 2)}\n`;
}

/** A new key and its token, which is shown once and kept nowhere. */
export function createApiKey(wanted: {
  readonly name: string;
  readonly sources: readonly string[];
  readonly eventsPerSecond?: number;
  readonly burst?: number;
}): { readonly key: ApiKey; readonly token: string } {
  const token = `strata_${wanted.name}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  const sha256 = hashOf(token).toString('hex');
  return { key: apiKeySchema.parse({ ...QUOTA_DEFAULT, ...wanted, sha256 }), token };
}

/** The key of a token, or null: as long for a wrong secret as for a wrong name. */
export function findApiKey<K extends ApiKey>(
  keys: ReadonlyMap<string, K>,
  token: string,
): K | null {
  const [, name = ''] = TOKEN.exec(token) ?? [];
  const key = keys.get(name);
  const wanted = Buffer.from(key?.sha256 ?? '0'.repeat(64), 'hex');
  return timingSafeEqual(hashOf(token), wanted) && key !== undefined ? key : null;
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function invalid(place: string, what: string): RuntimeFault {
  return new RuntimeFault(
    'STRATA_API_KEYS_INVALID',
    `The keys in ${place} cannot be used: ${what}. Correct the file, or make keys with ` +
      './strata intake-key add.',
  );
}
