import type { CustomerState } from '../customer-state.ts';
import type { Instant } from '../instant.ts';
import type { Grading } from '../policy/grading.ts';
import type { Override } from './override.ts';

/** What a standing is judged on: the ledger through the policy, and what else the customer brings along. */
export interface Terms {
  readonly grading: Grading;
  readonly joinedAt: Instant | null;
  readonly override: Override | null;
}

export function termsOf(
  grading: Grading,
  { joinedAt, override }: Pick<CustomerState, 'joinedAt' | 'override'>,
): Terms {
  return { grading, joinedAt, override };
}
