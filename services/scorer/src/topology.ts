import { logRecordFromWire, TOPICS } from '@strata/contracts';
import { assert, type BatchOutcome, type RecordBatch, type TopicRecord } from '@strata/pipeline';
import { stepTimer } from '@strata/service-runtime';
import { assertPartitionCount } from './ownership.ts';
import type { ScorerPorts } from './scorer-ports.ts';
import type { ScorerSettings } from './scorer-settings.ts';
import type { Shard } from './shard.ts';
import { commitDraft, isWritten } from './steps/commit.ts';
import { decodeRecords, isErasure } from './steps/decode.ts';
import { foldRecords } from './steps/fold.ts';
import { LetterLabels } from './steps/letter-labels.ts';
import { loadCustomers } from './steps/load.ts';

export interface TopologyParts {
  /** Waits while more outputs of the shard than so many are unpublished. */
  readonly backPressure: (shard: Shard, batch: RecordBatch, depthMax: number) => Promise<void>;
  readonly onCommitted: (shard: Shard) => void;
  /** By how much this machine's clock was ahead of the broker's, at least, when a record came right after its append. */
  readonly onFresh?: ((aheadMs: number) => void) | undefined;
  readonly isStopping: () => boolean;
}

/** strata.customer-log.v1 -> state, due index, outbox and offset in one write; the relay publishes what it finds there. */
export function createTopology(
  ports: Pick<
    ScorerPorts,
    'store' | 'serde' | 'seal' | 'markerOf' | 'clock' | 'metrics' | 'fold' | 'logger'
  >,
  settings: ScorerSettings,
  parts: TopologyParts,
) {
  const serde = ports.serde(TOPICS.customerLog);
  const { commitRecordsMax: recordsMax, commitCustomersMax: customersMax } = settings;
  const { commitMsMax, outboxDepthMax, redrivesMax, at } = settings;
  const labels = new LetterLabels(settings.metricSources);
  const read = (record: TopicRecord) => {
    return logRecordFromWire(serde.decode(record.value ?? new Uint8Array()));
  };
  const isOver = (shard: Shard, batch: RecordBatch): boolean =>
    parts.isStopping() || shard.isLost || !batch.isOwned();

  const begin = stepTimer<'decode' | 'load' | 'fold'>(ports.metrics.stepSeconds);
  return async function score(shard: Shard, batch: RecordBatch): Promise<BatchOutcome> {
    await at('after-fetch');
    look(shard, batch, { nowMs: ports.clock.nowMs(), onFresh: parts.onFresh });
    await serde.prepare(batch.records.map(({ value }) => value));
    // The store decides where a partition goes on; what lies below was committed before.
    const records = batch.records.filter(({ offset }) => offset >= shard.next);
    for (let from = 0; from < records.length; ) {
      shard.inHandSinceMs = records[from]?.appendedAt ?? null;
      const decoding = begin('decode');
      const decoded = decodeRecords(records, { from, recordsMax, customersMax, read });
      decoding();
      // Nothing about an erased customer may be published behind its erasure: so what waits is published before it.
      const depthMax = decoded.some(isErasure) ? 0 : outboxDepthMax;
      await parts.backPressure(shard, batch, depthMax);
      if (isOver(shard, batch)) return 'reacquire';

      const loading = begin('load');
      const loaded = await loadCustomers(shard, decoded, ports);
      loading();
      await at('after-load');
      const folding = begin('fold');
      const draft = foldRecords(
        shard,
        { decoded, loaded, commitMsMax, redrivesMax, labels },
        ports,
      );
      folding();
      from += draft.recordCount;
      const next =
        from === records.length ? batch.nextOffset : (records[from - 1]?.offset ?? 0) + 1;
      assertPartitionCount(shard, draft.ledger);

      await at('before-commit');
      if (isOver(shard, batch)) return 'reacquire';
      const outcome = await commitDraft(shard, { draft, next }, ports);
      if (!isWritten(outcome)) return 'reacquire';
      await at('after-commit');
      assert(shard.next === next, 'a shard stands where its commit put it');

      shard.inHandSinceMs = records[from]?.appendedAt ?? null;
      parts.onCommitted(shard);
      await batch.heartbeat();
    }
    return 'done';
  };
}

/** What a batch tells of the log and of the clocks, before anything of it is folded. */
function look(
  shard: Shard,
  batch: RecordBatch,
  { nowMs, onFresh }: { readonly nowMs: number; readonly onFresh: TopologyParts['onFresh'] },
): void {
  shard.sawLogEnd(batch.logEnd, nowMs);
  const last = batch.records.at(-1);
  // Whoever is behind finds old records at the end, too.
  const isFresh = shard.hasCaughtUp && batch.nextOffset >= batch.logEnd;
  if (last !== undefined && isFresh) onFresh?.(nowMs - last.appendedAt);
}
