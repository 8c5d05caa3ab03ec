import {
  logRecordFromWire,
  TOPICS,
  tierChangeFromWire,
  tierSnapshotFromWire,
} from '@strata/contracts';
import { FOLD_VERSION, handOverRecord, type LogRecord, type TierChange } from '@strata/domain';
import type { MemoryLog } from '@strata/memory';
import { partitionFor, type TopicRecord } from '@strata/pipeline';
import { encodePartition, packCustomer, pageKey } from '@strata/state-codec';
import { type Folded, foldLog } from './oracle.ts';
import { serdes } from './serdes.ts';
import type { Stack } from './services.ts';

/** Everything that is not as a linear reading of the log says, in sentences. */
export function differences(stack: Stack, partitions: number): string[] {
  const { log } = stack;
  const logged = Array.from({ length: partitions }, (_, p) =>
    recordsOf(log, TOPICS.customerLog, p),
  );
  const folded = logged.map((records, p) =>
    foldLog(p, records, (bytes) => serdes(TOPICS.customerLog).decode(bytes)),
  );
  const decoded = logged.map((records) => records.map(decodedOrNull));
  const found: string[] = [];
  folded.forEach((expected, p) => {
    found.push(...expected.wrong);
    found.push(...stateDifferences(stack, p, expected));
    found.push(...publishedDifferences(log, p, expected));
  });
  found.push(...intakeDifferences(stack, decoded));
  found.push(...handOverDifferences(folded, decoded));
  found.push(...letterDifferences(stack, folded));
  found.push(...deliveryDifferences(stack, folded));
  return found;
}

/** Of every number the first that came: what a reader keeps who drops what is not above the last. */
function readersView(records: readonly TopicRecord[]): TopicRecord[] {
  let last = 0;
  return records.filter(({ headers }) => {
    const [epoch = '', seq = ''] = Buffer.from(headers['strata-seq'] ?? [])
      .toString()
      .split('.');
    if (epoch !== '1' || Number(seq) <= last) return false;
    last = Number(seq);
    return true;
  });
}

function stateDifferences({ store }: Stack, p: number, expected: Folded): string[] {
  const found: string[] = [];
  const held = store.contents(p);
  const customers = new Map<string, Uint8Array>();
  const pages = new Map<string, Uint8Array>();
  for (const [id, state] of expected.customers) {
    const packed = packCustomer(state);
    customers.set(id, packed.value);
    for (const { name, bytes } of packed.pages) pages.set(pageKey(id, name), bytes);
  }
  for (const [id, { links = [] }] of expected.customers) {
    if (links.length > 0) found.push(`${id} waits for a link for ever`);
  }
  found.push(...mapDifferences(`customers of partition ${p}`, held.customers, customers));
  found.push(...mapDifferences(`pages of partition ${p}`, held.pages, pages));
  const { partition: state, dueAt, tiers, letters, handOvers } = expected;
  for (const [name, bytes] of Object.entries(encodePartition(state))) {
    // What has never changed was never written.
    const stored = held.fields.get(name);
    const isMissing = stored === undefined && name === 'state';
    if (isMissing || (stored !== undefined && !equal(stored, bytes))) {
      found.push(`the ${name} of partition ${p} differ`);
    }
  }
  const due = sorted(Object.fromEntries(held.due));
  if (due !== sorted(Object.fromEntries(dueAt))) {
    found.push(`the due index of partition ${p} is ${due}`);
  }
  const ledger = JSON.parse(Buffer.from(held.fields.get('ledger') ?? []).toString() || '{}');
  const seqs: Record<string, number> = {};
  for (const topic of [TOPICS.tierChanges, TOPICS.tiers]) {
    if (tiers.length > 0) seqs[topic] = tiers.length;
  }
  if (letters.length > 0) seqs[TOPICS.deadLetters] = letters.length;
  if (handOvers.length > 0) seqs[TOPICS.customerLog] = handOvers.length;
  const wanted = {
    layout: 1,
    epoch: 1,
    customerSeqBase: 0,
    position: 2 * tiers.length + letters.length + handOvers.length,
    seqs,
    decisionHash: expected.decisionHash,
    partitions: expected.partitions,
    foldVersion: FOLD_VERSION,
    lastFolded: expected.last,
  };
  if (sorted(ledger) !== sorted(wanted)) {
    found.push(`the ledger of partition ${p} is ${sorted(ledger)}, not ${sorted(wanted)}`);
  }
  return found;
}

function publishedDifferences(log: MemoryLog, p: number, { tiers }: Folded): string[] {
  const events = readersView(recordsOf(log, TOPICS.tierChanges, p)).map((record) => {
    if (record.value === null) return leftText(record);
    const event = tierChangeFromWire(serdes(TOPICS.tierChanges).decode(record.value));
    const { id, seq, customerId, customerSeq, type, fromTier, toTier, effectiveAt } = event;
    const { decidedAt, cause, policyVersion, score } = event;
    return `${seq} ${id} ${customerId} ${customerSeq} ${type} ${fromTier}>${toTier} ${cause.kind} ${effectiveAt} ${decidedAt} ${policyVersion} ${score}`;
  });
  const wanted = tiers.map((it, n) => {
    if (it.kind === 'retired') return `${n + 1} ${it.customerId} left`;
    const { id, customerId, customerSeq, type, fromTier, toTier, effectiveAt, decidedAt } = it;
    return `${n + 1} ${id} ${customerId} ${customerSeq} ${type} ${fromTier}>${toTier} ${it.cause.kind} ${effectiveAt} ${decidedAt} ${it.policyVersion} ${it.scoreMilli / 1_000}`;
  });
  const snapshots = readersView(recordsOf(log, TOPICS.tiers, p)).map((record) => {
    if (record.value === null) return leftText(record);
    const { seq, customerId, tier, customerSeq } = tierSnapshotFromWire(
      serdes(TOPICS.tiers).decode(record.value),
    );
    return `${seq} ${customerId} ${tier} ${customerSeq}`;
  });
  const wantedSnapshots = tiers.map((it, n) =>
    it.kind === 'retired'
      ? `${n + 1} ${it.customerId} left`
      : `${n + 1} ${it.customerId} ${it.toTier} ${it.customerSeq}`,
  );
  return [
    ...listDifferences(`tier changes of partition ${p}`, events, wanted),
    ...listDifferences(`tiers of partition ${p}`, snapshots, wantedSnapshots),
  ];
}

function leftText({ key, headers }: TopicRecord): string {
  const number = Buffer.from(headers['strata-seq'] ?? []).toString();
  return `${number.split('.')[1]} ${Buffer.from(key ?? []).toString()} left`;
}

/** What sources had acknowledged lies in the log at least once, and nothing lies there that nobody sent. */
function intakeDifferences(
  { traffic }: Stack,
  logged: readonly (readonly (LogRecord | null)[])[],
): string[] {
  const found: string[] = [];
  const inLog = new Set<string>();
  logged.forEach((records, p) => {
    for (const record of records) {
      if (record?.kind === 'event') {
        const { source, eventId, customerId } = record.event;
        inLog.add(`${source} ${eventId}`);
        if (partitionFor(new TextEncoder().encode(customerId), logged.length) !== p) {
          found.push(`event ${eventId} lies in partition ${p}, which is not its customer's`);
        }
      } else if (record?.kind === 'clock') inLog.add(`clock ${record.at} ${p}`);
      else if (record?.kind === 'went-live') inLog.add(`live ${p}`);
    }
  });
  const sent = new Set<string>();
  for (const [place, expected] of traffic.expected) {
    const key = keyOf(place, expected);
    if (key === null) continue;
    sent.add(key);
    if (!inLog.has(key)) found.push(`${place} was acknowledged and is not in the log: ${key}`);
  }
  for (const key of inLog)
    if (!sent.has(key)) found.push(`${key} is in the log and nobody sent it`);
  return found;
}

function keyOf(place: string, expected: ReturnType<Stack['traffic']['expected']['get']> & object) {
  switch (expected.kind) {
    case 'event':
      return `${expected.source} ${expected.eventId}`;
    case 'clock':
      return `clock ${expected.at} ${place.split('.').at(-2)}`;
    case 'live':
      return `live ${place.split('.').at(-2)}`;
    case 'letter':
      return null;
  }
}

/** Every record that one partition wrote for another lies there, under its number. */
function handOverDifferences(
  folded: readonly Folded[],
  logged: readonly (readonly (LogRecord | null)[])[],
): string[] {
  const inLog = logged.map((records) => new Set(records.map((record) => sorted(record))));
  return folded.flatMap(({ handOvers }, p) =>
    handOvers.flatMap((handOver, n) => {
      const record = handOverRecord(handOver, { partition: p, epoch: 1, number: n + 1 });
      const key = new TextEncoder().encode(handOver.addressee);
      const to = partitionFor(key, folded.length);
      return inLog[to]?.has(sorted(record)) === true
        ? []
        : [`hand-over ${n + 1} of partition ${p} is not in partition ${to}`];
    }),
  );
}

/**
 * Once everything was redriven, letters are left of what still cannot be used, and of nothing else. None was ever
 * written but under the name of the record that was refused first: redriving adds none.
 */
function letterDifferences({ log, traffic }: Stack, folded: readonly Folded[]): string[] {
  const notes = folded.flatMap(({ letters }) => letters);
  // Of one partition the last says it: what was taken is refused when it comes again so late that nobody knows it any more.
  const ended = new Set(
    folded.flatMap(({ letters }) => {
      const last = new Map(letters.map(({ id, isServed }) => [id, isServed]));
      return [...last].flatMap(([id, isServed]) => (isServed ? [id] : []));
    }),
  );
  const hopeless = [...traffic.expected].filter(([, { kind }]) => kind === 'letter');
  const wanted = new Set(hopeless.map(([place]) => place));
  for (const { id } of notes) if (!ended.has(id)) wanted.add(id);
  const first = new Set([
    ...traffic.expected.keys(),
    ...notes.filter(({ isAgain }) => !isAgain).map(({ id }) => id),
  ]);
  const newest = new Map<string, boolean>();
  for (let p = 0; p < log.partitionCount(TOPICS.deadLetters); p += 1) {
    for (const { key, value } of recordsOf(log, TOPICS.deadLetters, p)) {
      newest.set(Buffer.from(key ?? []).toString(), value !== null);
    }
  }
  const added = [...newest.keys()].filter((id) => !first.has(id));
  const left = [...newest].filter(([, isLeft]) => isLeft).map(([id]) => id);
  return [
    ...listDifferences('dead letters left', left.toSorted(), [...wanted].toSorted()),
    ...listDifferences('dead letters that a redrive added', added, []),
  ];
}

/** Every change reached everybody who subscribed to it, and had its effect there once. */
function deliveryDifferences({ endpoints, queue }: Stack, folded: readonly Folded[]): string[] {
  const isDown = ({ type }: TierChange): boolean => type === 'demoted' || type === 'withdrawn';
  // What was held back goes to those alone who asked for it.
  const wanted = folded.flatMap(({ changes }) =>
    changes.flatMap((change) => [
      ...(change.backfill ? [] : [`all ${change.id}`]),
      ...(isDown(change) ? [`down ${change.id}`] : []),
    ]),
  );
  const { failed } = queue.counts();
  return [
    ...listDifferences('deliveries', [...endpoints.taken.keys()].toSorted(), wanted.toSorted()),
    ...(failed > 0 ? [`${failed} deliveries were given up`] : []),
  ];
}

function recordsOf(log: MemoryLog, topic: string, partition: number): TopicRecord[] {
  return log.slice({ topic, partition }, { from: 0, to: Infinity, limit: Infinity }).records;
}

function decodedOrNull({ value }: TopicRecord): LogRecord | null {
  try {
    return logRecordFromWire(serdes(TOPICS.customerLog).decode(value ?? new Uint8Array()));
  } catch {
    return null;
  }
}

function mapDifferences(
  what: string,
  found: ReadonlyMap<string, Uint8Array>,
  wanted: ReadonlyMap<string, Uint8Array>,
): string[] {
  const names = new Set([...found.keys(), ...wanted.keys()]);
  const wrong = [...names].filter((name) => !equal(found.get(name), wanted.get(name)));
  return wrong.length === 0 ? [] : [`${what} differ: ${wrong.toSorted().join(', ')}`];
}

function listDifferences(
  what: string,
  found: readonly string[],
  wanted: readonly string[],
): string[] {
  const length = Math.max(found.length, wanted.length);
  for (let at = 0; at < length; at += 1) {
    if (found[at] === wanted[at]) continue;
    return [
      `${what} differ at ${at}: ${found[at]}, not ${wanted[at]} (${found.length}, not ${wanted.length})`,
    ];
  }
  return [];
}

function equal(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return Buffer.compare(one, other) === 0;
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
