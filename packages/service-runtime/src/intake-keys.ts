import { z } from 'zod';
import { accessKeyFields, type KeyKind, newToken } from './access-key.ts';

/** Any source. */
export const ANY_SOURCE = '*';
/** What a key may send where nothing is said. */
const QUOTA_DEFAULT = { eventsPerSecond: 500, burst: 10_000 };

const schema = z.strictObject({
  ...accessKeyFields,
  sources: z.array(z.string().min(1)).min(1),
  eventsPerSecond: z.number().positive().max(1_000_000).default(QUOTA_DEFAULT.eventsPerSecond),
  burst: z.number().int().positive().max(10_000_000).default(QUOTA_DEFAULT.burst),
});

/** By which a system sends events. `sources`: whose events it may send; `*` for anybody's. */
export type IntakeKey = Readonly<z.output<typeof schema>>;

export const INTAKE_KEYS: KeyKind<IntakeKey> = { schema, command: './strata intake-key add' };

/** A new key and its token, which is shown once and kept nowhere. */
export function createIntakeKey(wanted: {
  readonly name: string;
  readonly sources: readonly string[];
  readonly eventsPerSecond?: number;
  readonly burst?: number;
}): { readonly key: IntakeKey; readonly token: string } {
  const { token, sha256 } = newToken(wanted.name);
  return { key: schema.parse({ ...wanted, sha256 }), token };
}
