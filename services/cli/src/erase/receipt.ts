import { formatRfc3339, INTAKE_TOPICS, TOPICS } from '@strata/contracts';
import type { Erased, Instant } from '@strata/domain';
import type { Language } from '../language.ts';
import type { StackHandle } from '../stack/stack-handle.ts';
import type { ErasedTraces } from './erase-customer.ts';
import { eraseTexts } from './texts.ts';

/** Topics in which raw records of the customer lie. */
const RAW_TOPICS: readonly string[] = [
  TOPICS.customerLog,
  ...INTAKE_TOPICS,
  TOPICS.tierChanges,
  TOPICS.tiers,
];

type Gone =
  | { readonly kind: 'by'; readonly at: Instant }
  | { readonly kind: 'never' | 'compacted' | 'with-process' };

/** What was removed where, and when the rest goes. Nothing in it is the customer's but its ids. */
export interface Receipt {
  readonly record: Erased;
  readonly traces: ErasedTraces;
  readonly raw: readonly { readonly topic: string; readonly gone: Gone }[];
  readonly unnamedGone: Gone;
}

export async function receiptOf(
  stack: Pick<StackHandle, 'retention'>,
  record: Erased,
  traces: ErasedTraces,
): Promise<Receipt> {
  const retention = await stack.retention([...RAW_TOPICS, TOPICS.deadLetters]);
  const goneFrom = (topic: string): Gone => {
    if (retention === null) return { kind: 'with-process' };
    const { isCompacted = false, goneAfterMs = null } = retention.get(topic) ?? {};
    if (goneAfterMs !== null) return { kind: 'by', at: traces.erasure.recordedAt + goneAfterMs };
    return { kind: isCompacted ? 'compacted' : 'never' };
  };
  return {
    record,
    traces,
    raw: RAW_TOPICS.map((topic) => ({ topic, gone: goneFrom(topic) })),
    unnamedGone: goneFrom(TOPICS.deadLetters),
  };
}

export function receiptText(receipt: Receipt, language: Language): string {
  const { record, traces, raw, unnamedGone } = receipt;
  const { erasure, partition, states, pages, letters, deliveries, unnamedLetters } = traces;
  const words = eraseTexts(language);
  const place = `${TOPICS.customerLog} ${partition}:${erasure.offset}`;
  const when = (gone: Gone): string => {
    if (gone.kind === 'by') return words.by(formatRfc3339(gone.at));
    if (gone.kind === 'with-process') return words.withProcess;
    return words[gone.kind];
  };
  const lines = [
    words.erased(record.customerId),
    ...(traces.aliases.length === 0 ? [] : [words.aliases(traces.aliases.join(', '))]),
    words.log(place, formatRfc3339(erasure.recordedAt), record.id),
    words.state(states, pages),
    words.letters(letters),
    words.deliveries(deliveries),
    traces.wasTold ? words.told : words.notTold,
    ...(unnamedLetters === 0 ? [] : [words.unnamed(unnamedLetters, when(unnamedGone))]),
    words.raw,
    ...raw.map(({ topic, gone }) => words.row(topic, when(gone))),
    words.elsewhere,
  ];
  return `${lines.join('\n')}\n`;
}

export function receiptJson({ record, traces, raw, unnamedGone }: Receipt): unknown {
  const { erasure, partition, states, pages, letters, deliveries, unnamedLetters } = traces;
  const told = (gone: Gone): unknown =>
    gone.kind === 'by' ? { goneBy: formatRfc3339(gone.at) } : { goneBy: null, why: gone.kind };
  return {
    customerId: record.customerId,
    aliases: traces.aliases,
    erasureId: record.id,
    actor: record.actor,
    log: {
      topic: TOPICS.customerLog,
      partition,
      offset: erasure.offset,
      recordedAt: formatRfc3339(erasure.recordedAt),
      upTo: formatRfc3339(erasure.at),
    },
    removed: { states, pages, deadLetters: letters, deliveries },
    wasTold: traces.wasTold,
    unnamedDeadLetters: { count: unnamedLetters, ...(told(unnamedGone) as object) },
    rawRecords: raw.map(({ topic, gone }) => ({ topic, ...(told(gone) as object) })),
  };
}
