import type { PolicySet, Segment } from '@strata/domain';

/** The segment that a customer is in, and the policy that has it. */
export interface SegmentPlace {
  readonly policy: string;
  readonly segment: string;
}

export interface SegmentRow {
  readonly policy: string;
  readonly segment: Segment;
  readonly customers: number;
}

/** Every segment of the set, in the order of the file, with those who are in it. */
export function segmentRows(
  { policies }: PolicySet,
  places: Iterable<SegmentPlace>,
): readonly SegmentRow[] {
  const counts = new Map<string, number>();
  for (const place of places) {
    counts.set(keyOf(place), (counts.get(keyOf(place)) ?? 0) + 1);
  }
  return policies.flatMap(({ name: policy, segments }) =>
    segments.map((segment) => {
      const customers = counts.get(keyOf({ policy, segment: segment.name })) ?? 0;
      return { policy, segment, customers };
    }),
  );
}

/** Names of policies and segments hold no line break. */
function keyOf({ policy, segment }: SegmentPlace): string {
  return `${policy}\n${segment}`;
}
