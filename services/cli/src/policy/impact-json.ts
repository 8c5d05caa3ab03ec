import { formatRfc3339 } from '@strata/contracts';
import { baseCurrencyOf } from '@strata/domain';
import type { Impact } from './impact-text.ts';

/** The whole of an impact, the flow by policy and tier in the order of their names. */
export function impactJson({ at, after, summary }: Impact) {
  const flow = summary.flow.toSorted((a, b) => (placeKey(a) < placeKey(b) ? -1 : 1));
  return {
    at: Number.isFinite(at) ? formatRfc3339(at) : null,
    currency: baseCurrencyOf(after),
    ...summary,
    flow,
  };
}

function placeKey({ from, to }: Impact['summary']['flow'][number]): string {
  return [from?.policy, from?.tier, to?.policy, to?.tier].map((it) => it ?? '').join('\n');
}
