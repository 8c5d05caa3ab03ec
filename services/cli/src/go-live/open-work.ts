import type { Instant } from '@strata/domain';
import type { PartitionView } from '@strata/shard-state';
import { hasImportEnded } from '../import/import-trail.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import type { LiveImpact } from './live-impact.ts';
import { lastMarkOf } from './live-stand.ts';

/** Why a stack cannot go live yet. */
export type OpenWork =
  | { readonly kind: 'import-unfinished' }
  | { readonly kind: 'customers-due'; readonly partitions: number }
  | { readonly kind: 'mark-ahead'; readonly mark: Instant }
  | { readonly kind: 'customers-ahead'; readonly customers: number; readonly latest: Instant }
  | { readonly kind: 'merges'; readonly customers: number };

/** What of the history is under way still, or lies ahead of the broker's clock. */
export async function openWork(
  stack: Pick<StackHandle, 'reader' | 'partitions'>,
  {
    views,
    impact,
    at,
  }: {
    readonly views: readonly PartitionView[];
    readonly impact: LiveImpact;
    readonly at: Instant;
  },
): Promise<readonly OpenWork[]> {
  const open: OpenWork[] = [];
  const marks = views.map(({ state }) => Math.max(0, state.clock));
  const hasOneMark = new Set(marks).size === 1;
  if (!hasOneMark || !(await hasImportEnded(stack))) open.push({ kind: 'import-unfinished' });
  const due = views.filter(
    ({ state, earliestDue }) => earliestDue !== null && earliestDue <= state.clock,
  ).length;
  if (due > 0) open.push({ kind: 'customers-due', partitions: due });
  const mark = lastMarkOf(views);
  if (mark !== null && mark > at) open.push({ kind: 'mark-ahead', mark });
  const { ahead, merging } = impact;
  if (ahead.customers > 0) open.push({ kind: 'customers-ahead', ...ahead });
  if (merging > 0) open.push({ kind: 'merges', customers: merging });
  return open;
}
