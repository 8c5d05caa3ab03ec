import type { ReadingLag } from '@strata/pipeline';
import type { HealthReport } from '@strata/service-runtime';
import type { TierFigures } from '@strata/stack-figures';
import type { BoardReader } from './read-board.ts';
import type { TierBoard } from './tier-board.ts';

/** What the console says of itself; its page and its metrics say the same. */
export function ownReport(parts: {
  readonly url: string;
  readonly streams: number;
  readonly reader: Pick<BoardReader, 'reasons' | 'unreadable' | 'lags' | 'isCatchingUp'>;
  readonly board: Pick<TierBoard, 'policies'>;
  readonly letters: ReadonlyMap<string, number> | null;
}): HealthReport {
  const { url, streams, reader, board, letters } = parts;
  return {
    isLive: true,
    reasons: reader.reasons(),
    details: {
      page: url,
      streams,
      unreadable: reader.unreadable(),
      lags: lagDetails(reader.lags()),
      tiers: reader.isCatchingUp() ? null : tierDetails(board),
      deadLetters: letters && Object.fromEntries(letters),
    },
  };
}

function lagDetails(lags: readonly ReadingLag[]) {
  return lags.map(({ topic, partition, lag }) => {
    const seconds = lag === null ? null : lag.ms / 1_000;
    return { topic, partition, logEnd: lag?.end ?? null, records: lag?.records ?? null, seconds };
  });
}

function tierDetails(board: Pick<TierBoard, 'policies'>): readonly TierFigures[] {
  return board.policies().flatMap(({ name, tiers, ungraded }) => {
    const graded = tiers.map(({ tier, customers }) => ({ policy: name, tier, customers }));
    return [...graded, { policy: name, tier: null, customers: ungraded }];
  });
}
