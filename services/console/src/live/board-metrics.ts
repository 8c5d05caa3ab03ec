import { LABEL_NAMES_MAX, type Metrics, OTHER_LABEL } from '@strata/service-runtime';
import type { TierBoard } from './tier-board.ts';

type BoardFigures = Pick<TierBoard, 'policies'>;

/** Of customers to whom a policy gives no tier. */
const NO_TIER = 'none';

/** Who stands where, read from the picture when Prometheus asks; `board` is null, and nothing is told, while that is one of the past. */
export function boardMetrics(metrics: Metrics, board: () => BoardFigures | null): void {
  metrics.gauge({
    name: 'strata_console_tier_customers',
    help: 'Customers by policy and tier, as read from `strata.tiers.v1`; beyond 32 policies, or tiers of one, all are other. Absent while it is read from its start',
    labelNames: ['policy', 'tier'],
    collect() {
      this.reset();
      for (const { customers, ...labels } of distributionOf(board())) this.inc(labels, customers);
    },
  });
}

interface TierFigure {
  readonly policy: string;
  readonly tier: string;
  readonly customers: number;
}

/** The names come from published policies: people write a few. More than that is a flood, and one label. */
function distributionOf(board: BoardFigures | null): readonly TierFigure[] {
  if (board === null) return [];
  return board.policies().flatMap(({ name, tiers, ungraded }, nth) => {
    const policy = nth < LABEL_NAMES_MAX ? name : OTHER_LABEL;
    const graded = tiers.map(({ tier, customers }, n): TierFigure => {
      return { policy, tier: n < LABEL_NAMES_MAX ? tier : OTHER_LABEL, customers };
    });
    return [...graded, { policy, tier: NO_TIER, customers: ungraded }];
  });
}
