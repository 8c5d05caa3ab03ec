import type { LiveView } from '../page/live-regions.ts';
import { labelsOf } from './labels.ts';

/** The page's numbers for programs. */
export function status({
  board,
  flow,
  stack,
  nowMs,
  isCatchingUp,
}: LiveView): Record<string, unknown> {
  return {
    isCatchingUp,
    customers: board.customers(),
    policies: board.policies().map(({ name, policy, tiers, ungraded }) => ({
      policy: name,
      version: policy?.version ?? null,
      tiers: tiers.map(({ tier, customers }) => ({
        tier,
        labels: labelsOf(policy?.labels[tier]),
        customers,
      })),
      ungraded,
    })),
    changes: {
      total: board.changes(),
      perMinute: board.rate.perMinute(nowMs),
      demotedWithoutEvent: board.timeDemotions(),
      byType: Object.fromEntries(board.byType()),
      byCause: Object.fromEntries(board.byCause()),
    },
    flow,
    stack,
  };
}
