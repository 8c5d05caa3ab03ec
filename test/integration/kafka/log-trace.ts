import type { GroupReader, TopicPartition } from '@strata/pipeline';
import { tpKey } from '@strata/pipeline';
import { GroupProbe, type RecordLogHarness, readAll } from '@strata/testing/contracts';
import fc from 'fast-check';
import { comparable } from '../trace-settings.ts';

export const PARTITIONS = 2;

/** Places in the log are chosen relative to what it holds: `start`, `end` and steps from there. */
interface Place {
  readonly from: 'start' | 'end';
  readonly by: number;
}

export type LogStep = { readonly partition: number } & (
  | { readonly kind: 'append'; readonly values: readonly (Uint8Array | null)[] }
  | { readonly kind: 'gap' }
  | { readonly kind: 'cut'; readonly at: Place }
  | { readonly kind: 'read'; readonly from: Place; readonly to: Place | null }
  | { readonly kind: 'join'; readonly group: number; readonly start: Place | 'halted' | null }
);

const partition = fc.nat(PARTITIONS - 1);
const place: fc.Arbitrary<Place> = fc.record({
  from: fc.constantFrom('start', 'end'),
  by: fc.integer({ min: -2, max: 2 }),
});
/** Mostly inside. */
const inside: fc.Arbitrary<Place> = fc.oneof(
  fc.record({ from: fc.constant('start' as const), by: fc.nat(3) }),
  fc.constant({ from: 'end' as const, by: 0 }),
);

const kindOf = <K extends LogStep['kind']>(kind: K): fc.Arbitrary<K> => fc.constant(kind);

const step: fc.Arbitrary<LogStep> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      partition,
      kind: kindOf('append'),
      values: fc.array(fc.option(fc.uint8Array({ maxLength: 40 })), { minLength: 1, maxLength: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ partition, kind: kindOf('gap') }) },
  { weight: 2, arbitrary: fc.record({ partition, kind: kindOf('cut'), at: inside }) },
  {
    weight: 4,
    arbitrary: fc.record({ partition, kind: kindOf('read'), from: place, to: fc.option(place) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      partition,
      kind: kindOf('join'),
      group: fc.nat(1),
      start: fc.oneof(
        { weight: 3, arbitrary: fc.constant(null) },
        { weight: 2, arbitrary: inside },
        { weight: 1, arbitrary: place },
        { weight: 1, arbitrary: fc.constant('halted' as const) },
      ),
    }),
  },
);

export const logTrace: fc.Arbitrary<readonly LogStep[]> = fc.array(step, {
  minLength: 4,
  maxLength: 12,
});

/** Replays a trace on a fresh topic and notes every reply. */
export class LogReplay {
  readonly #log: RecordLogHarness;
  #topic = '';
  #groups: readonly string[] = [];

  constructor(log: RecordLogHarness) {
    this.#log = log;
  }

  async run(trace: readonly LogStep[]): Promise<readonly unknown[]> {
    this.#topic = await this.#log.createTopic(PARTITIONS);
    this.#groups = [this.#log.newGroupId(), this.#log.newGroupId()];
    const notes: unknown[] = [];
    for (const step of trace) {
      notes.push(await this.#step(step));
      notes.push(await this.#picture());
    }
    return notes;
  }

  async #step(step: LogStep): Promise<unknown> {
    const at = { topic: this.#topic, partition: step.partition };
    switch (step.kind) {
      case 'append':
        await this.#log.writer.send(
          step.values.map((value, index) => ({
            ...at,
            key: index % 2 === 0 ? null : Uint8Array.of(index),
            value,
            headers: value === null ? {} : { 'strata-seq': value },
          })),
        );
        return 'appended';
      case 'gap':
        // As long as an aborted record and its marker.
        await this.#log.appendGap(at);
        return 'gap';
      case 'cut':
        return this.#cut(at, step.at);
      case 'read':
        return this.#read(at, step);
      case 'join':
        return this.#join(at, step);
    }
  }

  async #offset({ partition }: TopicPartition, { from, by }: Place): Promise<number> {
    const bounds = (await this.#log.reader.bounds(this.#topic))[partition];
    return Math.max(0, (bounds?.[from] ?? 0) + by);
  }

  /** Nobody can cut beyond the end. */
  async #cut(at: TopicPartition, place: Place): Promise<string> {
    const end = (await this.#log.reader.bounds(this.#topic))[at.partition]?.end ?? 0;
    await this.#log.cutBefore(at, Math.min(end, await this.#offset(at, place)));
    return 'cut';
  }

  async #read(at: TopicPartition, step: LogStep & { kind: 'read' }): Promise<unknown> {
    const offset = await this.#offset(at, step.from);
    const to = step.to === null ? undefined : await this.#offset(at, step.to);
    try {
      return (await readAll(this.#log.reader.read({ ...at, offset }, to))).map(told);
    } catch (error) {
      return codeOf(error);
    }
  }

  /** A member that reads all there is for it, or ends of itself; then it stops. */
  async #join(at: TopicPartition, step: LogStep & { kind: 'join' }): Promise<unknown> {
    const groupId = this.#groups[step.group] ?? '';
    const starts = new Map<string, number | null>();
    if (step.start === 'halted') starts.set(tpKey(at), null);
    else if (step.start !== null) starts.set(tpKey(at), await this.#offset(at, step.start));
    const expected = await this.#expected(groupId, starts);
    const probe = new GroupProbe({ starts: () => starts });
    const reader: GroupReader = this.#log.newGroupReader();
    const settings = { groupId, topics: [this.#topic], commitIntervalMs: 60_000 };
    await reader.start(settings, probe);
    const hasRead = (key: string): boolean =>
      probe.records.some((it) => `${tpKey(it)}:${it.offset}` === key);
    await probe.until(
      () =>
        probe.fatals.length > 0 ||
        (expected !== null && probe.assignments.length > 0 && expected.every(hasRead)),
    );
    await reader.stop();
    // Where one partition ends the member, how far the other came is a matter of time.
    if (probe.fatals.length > 0) return probe.fatals.map(codeOf);
    const byPlace = probe.records.toSorted(
      (a, b) => a.partition - b.partition || a.offset - b.offset,
    );
    return byPlace.map((record) => [record.partition, told(record)]);
  }

  /** The last record that each partition has for the member; null where it has to end. */
  async #expected(
    groupId: string,
    starts: ReadonlyMap<string, number | null>,
  ): Promise<readonly string[] | null> {
    const { reader } = this.#log;
    const bounds = await reader.bounds(this.#topic);
    const committed = await reader.committed(groupId, [this.#topic]);
    const tails = await reader.tails(this.#places());
    const expected: string[] = [];
    for (const at of this.#places()) {
      const { start, end } = bounds[at.partition] ?? { start: 0, end: 0 };
      const answer = starts.get(tpKey(at));
      const from = answer === undefined ? (committed.get(tpKey(at)) ?? start) : answer;
      if (from === null) continue;
      if (from < start || from > end) return null;
      const tail = tails.get(tpKey(at)) ?? null;
      if (tail !== null && tail.offset >= from) expected.push(`${tpKey(at)}:${tail.offset}`);
    }
    return expected;
  }

  async #picture(): Promise<unknown> {
    const { reader } = this.#log;
    const tails = await reader.tails(this.#places());
    const committed = await Promise.all(
      this.#groups.map((group) => reader.committed(group, [this.#topic])),
    );
    return {
      bounds: await reader.bounds(this.#topic),
      tails: this.#places().map((at) => told(tails.get(tpKey(at)) ?? null)),
      committed: committed.map((of) => this.#places().map((at) => of.get(tpKey(at)) ?? null)),
    };
  }

  #places(): TopicPartition[] {
    return Array.from({ length: PARTITIONS }, (_, p) => ({ topic: this.#topic, partition: p }));
  }
}

/** Everything but its time and the name of its topic. */
function told(record: { readonly offset: number } | null): unknown {
  if (record === null) return null;
  const { topic: _topic, appendedAt: _time, ...rest } = record as Record<string, unknown>;
  return comparable(rest);
}

function codeOf(error: unknown): string {
  return String((error as { code?: string }).code ?? error);
}
