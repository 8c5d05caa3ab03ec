import { z } from 'zod';

/** Where a walk over the customers of a tier goes on. It holds no customer. */
export interface TierCursor {
  readonly tier: string;
  readonly policy: string | null;
  readonly partition: number;
  /** In the partition, as the store names it; null for its begin. */
  readonly place: string | null;
}

const FORMAT = 1;
const schema = z.tuple([
  z.literal(FORMAT),
  z.string(),
  z.string().nullable(),
  z.number().int().nonnegative(),
  z.string().nullable(),
]);

/** Opaque: what a caller makes of it is its own affair. */
export function cursorText({ tier, policy, partition, place }: TierCursor): string {
  const fields: z.output<typeof schema> = [FORMAT, tier, policy, partition, place];
  return Buffer.from(JSON.stringify(fields)).toString('base64url');
}

/** Null where it is none, or one of another walk. */
export function parseCursor(
  text: string,
  walk: Pick<TierCursor, 'tier' | 'policy'> & { readonly partitions: number },
): TierCursor | null {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return null;
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) return null;
  const [, tier, policy, partition, place] = parsed.data;
  const isOfThisWalk = tier === walk.tier && policy === walk.policy;
  return isOfThisWalk && partition < walk.partitions ? { tier, policy, partition, place } : null;
}
