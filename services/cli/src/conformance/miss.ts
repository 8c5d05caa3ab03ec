import type { SeenState } from './read-state.ts';
import type { CustomerEnd, PlannedPost } from './scenario.ts';
import type { AnsweredStatus } from './send-post.ts';

/** In what the consumer differs from a right one. */
export type Miss =
  | { readonly kind: 'not-taken'; readonly status: AnsweredStatus }
  | { readonly kind: 'not-refused'; readonly status: AnsweredStatus }
  | { readonly kind: 'tier'; readonly expected: string; readonly seen: string | null }
  | { readonly kind: 'effects'; readonly expected: CustomerEnd['effects']; readonly seen: number }
  | { readonly kind: 'state-unreadable'; readonly status: number | null };

export function missOfAnswer({ answer }: PlannedPost, status: AnsweredStatus): Miss | null {
  const [from, to] = answer === 'taken' ? [200, 300] : [400, 500];
  if (status !== null && status >= from && status < to) return null;
  return { kind: answer === 'taken' ? 'not-taken' : 'not-refused', status };
}

/** Null where the customer ended as it has to, as far as the consumer tells. */
export function missOfState({ tier, effects }: CustomerEnd, seen: SeenState): Miss | null {
  if (seen.kind === 'unreadable') return { kind: 'state-unreadable', status: seen.status };
  if (seen.tier !== tier) return { kind: 'tier', expected: tier, seen: seen.tier };
  if (seen.effects === null) return null;
  const isRight = seen.effects >= effects.min && seen.effects <= effects.max;
  return isRight ? null : { kind: 'effects', expected: effects, seen: seen.effects };
}
