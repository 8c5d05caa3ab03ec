import { z } from 'zod';
import { accessKeyFields, type KeyKind, newToken } from './access-key.ts';

/** What a key of the API may do: a closed list. */
export const API_SCOPES = [
  'profiles:read',
  'changes:read',
  'subscriptions:read',
  'subscriptions:write',
] as const;
export type ApiScope = (typeof API_SCOPES)[number];

/** What a key may ask where nothing is said. */
const QUOTA_DEFAULT = { requestsPerSecond: 200, burst: 1_000 };

const schema = z.strictObject({
  ...accessKeyFields,
  scopes: z.array(z.enum(API_SCOPES)).min(1),
  requestsPerSecond: z.number().positive().max(1_000_000).default(QUOTA_DEFAULT.requestsPerSecond),
  burst: z.number().int().positive().max(10_000_000).default(QUOTA_DEFAULT.burst),
});

/** By which a system asks the API. */
export type ApiKey = Readonly<z.output<typeof schema>>;

export const API_KEYS: KeyKind<ApiKey> = { schema, command: './strata api-key add' };

/** A new key and its token, which is shown once and kept nowhere. */
export function createApiKey(wanted: {
  readonly name: string;
  readonly scopes: readonly ApiScope[];
  readonly requestsPerSecond?: number;
  readonly burst?: number;
}): { readonly key: ApiKey; readonly token: string } {
  const { token, sha256 } = newToken(wanted.name);
  return { key: schema.parse({ ...wanted, sha256 }), token };
}
