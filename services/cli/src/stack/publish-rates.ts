import {
  type RatesKind,
  ratesKey,
  ratesNumberOf,
  ratesPublicationToWire,
  TOPICS,
} from '@strata/contracts';
import { type RateRow, rateTableOf } from '@strata/domain';
import { viewPartition, viewPartitions } from '@strata/shard-state';
import { LOOK_AT_STATUS, until } from '../until.ts';
import type { StackHandle } from './stack-handle.ts';

/** Whether the stack converts from one currency into another, for whatever days. */
export async function hasRates(
  { store }: Pick<StackHandle, 'store'>,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<boolean> {
  // `rates publish` waits for every partition, so one speaks for all.
  const { state } = await viewPartition(store, 0);
  return `${from}>${to}` in state.rates.series;
}

/** Publishes a table and waits until every partition converts by it. */
export async function publishRates(
  stack: Pick<StackHandle, 'reader' | 'writer' | 'serdes' | 'store' | 'partitions'>,
  rows: readonly RateRow[],
  publisher: {
    readonly kind: RatesKind;
    readonly by: string;
    readonly nowMs: number;
    readonly signal?: AbortSignal;
  },
): Promise<void> {
  const { kind, by: publishedBy, nowMs: publishedAt, signal } = publisher;
  const table = rateTableOf(rows, 0);
  const publication = { kind, id: table.id, rows: table.rows, publishedAt, publishedBy };
  const key = new TextEncoder().encode(ratesKey(publication));
  const value = stack.serdes.policies.encode(ratesPublicationToWire(publication));
  await stack.writer.send([{ topic: TOPICS.policies, partition: 0, key, value, headers: {} }]);
  const number = await numberOf(stack, key);
  await until(
    async () => {
      const views = await viewPartitions(stack.store, stack.partitions);
      const lacking = views.filter((view) => view.state.rates.number < number).length;
      return { isDone: lacking === 0, progress: stack.partitions - lacking };
    },
    {
      signal,
      what: { en: 'every partition to convert by the rates', zh: '所有分区按新汇率换算' },
      remedy: LOOK_AT_STATUS,
    },
  );
}

/** The place in the topic that the table was given. */
async function numberOf({ reader }: Pick<StackHandle, 'reader'>, key: Uint8Array): Promise<number> {
  let number = 0;
  const wanted = new TextDecoder().decode(key);
  for await (const batch of reader.read({ topic: TOPICS.policies, partition: 0, offset: 0 })) {
    for (const record of batch) {
      if (record.key === null || new TextDecoder().decode(record.key) !== wanted) continue;
      number = ratesNumberOf(record);
    }
  }
  return number;
}
