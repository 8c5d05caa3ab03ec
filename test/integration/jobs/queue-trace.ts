import type {
  DeliveryCounts,
  DeliveryHandlers,
  DeliveryOutcome,
  DeliveryPosition,
  DeliveryQueue,
} from '@strata/pipeline';
import { aJob, served } from '@strata/testing/contracts';
import fc from 'fast-check';
import { vi } from 'vitest';

export type QueueStep =
  | { readonly kind: 'add'; readonly ids: readonly string[] }
  | { readonly kind: 'work' }
  | { readonly kind: 'drain' }
  | { readonly kind: 'position'; readonly partition: number }
  | {
      readonly kind: 'store';
      readonly partition: number;
      readonly position: DeliveryPosition;
    };

/** What becomes of each attempt of a job; the last one goes on for ever. */
export type Fates = Readonly<Record<string, readonly Fate[]>>;
type Fate = 'delivered' | 'retry' | 'patience' | 'throw' | 'rejected';

export const LADDER_MS = [0, 5, 5];
const IDS = ['a', 'b', 'c', '1.2.0-crm', '7x'];

const partition = fc.nat(2);
const id = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...IDS) },
  // Which no queue may take.
  { weight: 1, arbitrary: fc.constantFrom('a:b', '42', '') },
);

const step: fc.Arbitrary<QueueStep> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      ids: fc.array(id, { maxLength: 5 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('work' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('drain' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('position' as const), partition }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('store' as const),
      partition,
      position: fc.record({ offset: fc.maxSafeNat(), epoch: fc.nat(3), seq: fc.maxSafeNat() }),
    }),
  },
);

export interface QueueTrace {
  readonly steps: readonly QueueStep[];
  readonly fates: Fates;
}

const fate = fc.constantFrom<Fate>('delivered', 'retry', 'patience', 'throw', 'rejected');
const ownFates = fc.array(fate, { minLength: 1, maxLength: 4 });

export const queueTrace: fc.Arbitrary<QueueTrace> = fc.record({
  steps: fc.array(step, { minLength: 4, maxLength: 14 }),
  fates: fc.record({
    a: ownFates,
    b: ownFates,
    c: ownFates,
    '1.2.0-crm': ownFates,
    '7x': ownFates,
  }),
});

const OUTCOMES: Readonly<Record<Exclude<Fate, 'throw'>, DeliveryOutcome>> = {
  delivered: { kind: 'delivered' },
  retry: { kind: 'retry', reason: 'receiver said 503' },
  patience: { kind: 'retry', reason: 'receiver said 429', afterMs: 7 },
  rejected: { kind: 'rejected', reason: 'receiver said 410' },
};

/** Replays a trace and notes every reply; ends with all that the worker was given, by job. */
export async function replayQueue(
  queue: DeliveryQueue,
  { steps, fates }: QueueTrace,
): Promise<readonly unknown[]> {
  const attempts = new Map<string, number[]>();
  let isWorking = false;
  const deliver: DeliveryHandlers['deliver'] = async (job, attempt) => {
    attempts.set(job.id, [...(attempts.get(job.id) ?? []), attempt]);
    const own = fates[job.id] ?? ['delivered'];
    const fate = own[Math.min(attempt, own.length) - 1] ?? 'delivered';
    if (fate === 'throw') throw new Error('socket hang up');
    return OUTCOMES[fate];
  };
  queue.serve(served('crm', { concurrency: 3 }));
  const notes: unknown[] = [];
  for (const step of steps) notes.push(await reply(step));
  notes.push(await reply({ kind: 'work' }), await reply({ kind: 'drain' }));
  notes.push([...attempts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return notes;

  async function reply(step: QueueStep): Promise<unknown> {
    switch (step.kind) {
      case 'add':
        return crashing(() =>
          queue.add(step.ids.map((it) => aJob(it, 'c1', { body: it, eventId: it }))),
        );
      case 'work':
        return crashing(async () => {
          queue.work({ deliver, givenUp: async () => {} });
          isWorking = true;
        });
      case 'drain':
        return isWorking ? drained(queue) : queue.counts();
      case 'position':
        return queue.position(step.partition);
      case 'store':
        return queue.storePosition(step.partition, step.position);
    }
  }
}

async function crashing(call: () => Promise<void>): Promise<string> {
  try {
    await call();
    return 'taken';
  } catch (error) {
    if (error instanceof TypeError) return 'crash';
    throw error;
  }
}

async function drained(queue: DeliveryQueue): Promise<DeliveryCounts> {
  return vi.waitFor(
    async () => {
      const counts = await queue.counts();
      if (counts.waiting + counts.delayed + counts.active > 0) throw new Error('not drained yet');
      return counts;
    },
    { timeout: 20_000, interval: 5 },
  );
}
