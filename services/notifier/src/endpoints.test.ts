import { TOPICS, type UndeliveredLetter, undeliveredFromWire } from '@strata/contracts';
import { MemoryDeliveryQueue, type MemoryLog, MemoryLogReader } from '@strata/memory';
import { expect, test, vi } from 'vitest';
import {
  aLog,
  aNotifier,
  aQueue,
  aTierChange,
  ids,
  openReceiver,
  publish,
  receiver,
  retire,
  secret,
  serde,
} from './builders/notifier-stage.ts';
import type { ReplayAsked, Subscription, SubscriptionSource } from './subscription.ts';
import { parseSubscriptions } from './subscriptions.ts';

openReceiver();

/** Subscriptions that a test changes. */
class ChangingSubscriptions implements SubscriptionSource {
  readonly #listeners = new Set<() => void>();
  #current: ReadonlyMap<string, Subscription>;
  #replays: readonly ReplayAsked[] = [];
  readonly disabled: string[] = [];

  constructor(...given: readonly Partial<Subscription>[]) {
    const file = given.map(({ id = 'crm' }) => ({ id, url: `${receiver.url}/${id}`, secret }));
    const parsed = parseSubscriptions(JSON.stringify(file), { place: 'test', isHttpAllowed: true });
    this.#current = new Map(
      parsed.map((each, index) => [each.id, { ...each, ...given[index] }] as const),
    );
  }

  current(): ReadonlyMap<string, Subscription> {
    return this.#current;
  }

  replays(): readonly ReplayAsked[] {
    return this.#replays;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  change(id: string, given: Partial<Subscription>): void {
    const before = this.#current.get(id);
    if (before === undefined) throw new Error(`nobody is called ${id}`);
    this.#set(new Map([...this.#current, [id, { ...before, ...given }]]));
  }

  remove(id: string): void {
    this.#set(new Map([...this.#current].filter(([name]) => name !== id)));
  }

  replay(given: Partial<ReplayAsked>): void {
    const asked: ReplayAsked = {
      id: `r${this.#replays.length + 1}`,
      subscription: 'crm',
      askedAtMs: 1_000_000,
      sinceMs: null,
      untilMs: null,
      customerId: null,
      isGivenUp: false,
      ...given,
    };
    this.#replays = [...this.#replays, asked];
    for (const listener of this.#listeners) listener();
  }

  async disable(id: string): Promise<boolean> {
    this.disabled.push(id);
    this.change(id, { standing: 'disabled' });
    return true;
  }

  async close(): Promise<void> {}

  #set(current: ReadonlyMap<string, Subscription>): void {
    this.#current = current;
    for (const listener of this.#listeners) listener();
  }
}

/** Customers c0, c1, ... each with its first change. */
function changes(from: number, to: number) {
  return Array.from({ length: to - from + 1 }, (_, index) =>
    aTierChange(from + index, { customerId: `c${from + index}`, customerSeq: 1 }),
  );
}

const idsOf = (...seqs: readonly number[]) => seqs.map((seq) => `0.${seq * 10}.0`);
const got = (endpoint: string) =>
  receiver.received
    .filter(({ path }) => path.endsWith(`/${endpoint}`))
    .map(({ headers }) => String(headers['webhook-id']));

async function letters(log: MemoryLog): Promise<UndeliveredLetter[]> {
  const reader = new MemoryLogReader(log);
  const found = new Map<string, UndeliveredLetter>();
  for (const partition of [0, 1]) {
    for await (const records of reader.read({ topic: TOPICS.undelivered, partition, offset: 0 })) {
      for (const { key, value } of records) {
        const id = Buffer.from(key ?? []).toString();
        if (value === null) found.delete(id);
        else found.set(id, undeliveredFromWire(serde.decode(value)));
      }
    }
  }
  return [...found.values()];
}

test('who is paused gets nothing, and everything in its order once it is resumed', async () => {
  const log = aLog();
  const queue = aQueue();
  const subscriptions = new ChangingSubscriptions({}, { id: 'mail' });
  publish(log, ...changes(1, 2));
  const { look } = await aNotifier(log, queue, { subscriptions });
  await expect.poll(() => got('crm')).toEqual(idsOf(1, 2));
  subscriptions.change('crm', { standing: 'paused' });
  publish(log, ...changes(3, 9));
  await expect.poll(() => got('mail')).toHaveLength(9);
  expect(got('crm')).toEqual(idsOf(1, 2));
  expect((await queue.pending(['crm'])).get('crm')).toBe(0);
  subscriptions.change('crm', { standing: 'active' });
  await expect
    .poll(() => {
      look();
      return got('crm');
    })
    .toEqual(idsOf(1, 2, 3, 4, 5, 6, 7, 8, 9));
  // It follows the common reader again.
  await expect.poll(async () => [...(await queue.notes()).keys()]).toEqual([]);
  publish(log, ...changes(10, 10));
  await expect.poll(() => got('crm').at(-1)).toBe('0.100.0');
});

test('what an endpoint has pending is bounded; the rest waits in the topic and comes in order', async () => {
  const log = aLog();
  const queue = new MemoryDeliveryQueue({ ladderMs: [0] });
  const subscriptions = new ChangingSubscriptions({ concurrency: 1 }, { id: 'mail' });
  publish(log, ...changes(1, 900));
  let most = 0;
  const { look, notifier } = await aNotifier(log, queue, { subscriptions, pendingMax: 250 });
  await expect
    .poll(
      async () => {
        look();
        most = Math.max(most, (await queue.pending(['crm'])).get('crm') ?? 0);
        return got('crm').length;
      },
      { interval: 2, timeout: 20_000 },
    )
    .toBe(900);
  expect(got('crm')).toEqual(changes(1, 900).map(({ id }) => id));
  // A chunk of the common reader may come on top of what is allowed.
  expect(most).toBeLessThanOrEqual(250 + 200);
  await expect.poll(() => got('mail')).toHaveLength(900);
  await notifier.stop();
});

test('a delivery that is given up leaves a letter without the customer, and who watches is told', async () => {
  receiver.answers = [{ status: 410 }];
  const log = aLog();
  const subscriptions = new ChangingSubscriptions(
    {},
    { id: 'ops', isOperational: true, types: [] },
  );
  publish(log, ...changes(1, 1));
  const { metric } = await aNotifier(log, aQueue(), { subscriptions });
  await expect.poll(() => got('ops')).toEqual(['0.10.0.crm.given-up']);
  const [letter] = await letters(log);
  expect(letter).toMatchObject({
    deliveryId: '0.10.0.crm',
    subscription: 'crm',
    eventId: '0.10.0',
    partition: 0,
    offset: 0,
    reason: 'status-410',
    attempts: 1,
    replayId: null,
  });
  expect(JSON.stringify(letter)).not.toContain('c1');
  const told = receiver.received.find(({ path }) => path.endsWith('/ops'));
  expect(JSON.parse(told?.body ?? '')).toMatchObject({
    type: 'strata.delivery.given-up',
    data: { subscription: 'crm', eventId: '0.10.0', reason: 'status-410', attempts: 1 },
  });
  expect(await metric('strata_notifier_given_up_total{endpoint="crm",reason="status-410"} 1')).toBe(
    true,
  );
});

test('what was given up is told again on demand, marked as a replay, and its letter goes', async () => {
  receiver.answers = [{ status: 410 }];
  const log = aLog();
  const subscriptions = new ChangingSubscriptions({});
  publish(log, ...changes(1, 2));
  const { look } = await aNotifier(log, aQueue(), { subscriptions, nowMs: () => 500_000 });
  await expect.poll(async () => (await letters(log)).length).toBe(1);
  subscriptions.replay({ isGivenUp: true });
  await expect
    .poll(() => {
      look();
      return got('crm');
    })
    .toEqual(idsOf(1, 2, 1));
  const [first, , again] = receiver.received;
  expect(again?.headers['strata-replay']).toBe('r1');
  expect(first?.headers['strata-replay']).toBeUndefined();
  expect(again?.body).toBe(first?.body);
  await expect.poll(() => letters(log)).toEqual([]);
});

test('a replay is bounded by time and customer, leaves out who was erased, and is done once', async () => {
  let nowMs = 1_000;
  const log = aLog({ nowMs: () => nowMs });
  publish(log, ...changes(1, 2));
  nowMs = 2_000;
  publish(log, ...changes(3, 5));
  retire(log, 6, { customerId: 'c4' });
  nowMs = 3_000;
  publish(log, aTierChange(7, { customerId: 'c3', customerSeq: 2 }));
  const subscriptions = new ChangingSubscriptions({});
  let wallMs = 500_000;
  const queue = aQueue();
  const { look } = await aNotifier(log, queue, { subscriptions, nowMs: () => wallMs });
  const seen = async (...expected: readonly string[]) => {
    const step = () => {
      look();
      return ids();
    };
    await expect.poll(step).toEqual(expected);
  };
  const first = idsOf(1, 2, 3, 5, 7);
  await seen(...first);
  subscriptions.replay({ sinceMs: 2_000, untilMs: 3_000 });
  await seen(...first, ...idsOf(3, 5));
  subscriptions.replay({ customerId: 'c3' });
  await seen(...first, ...idsOf(3, 5), ...idsOf(3, 7));
  subscriptions.replay({ sinceMs: 9_000 });
  await seen(...first, ...idsOf(3, 5), ...idsOf(3, 7));
  const notes = async () => {
    look();
    return (await queue.notes()).size;
  };
  await expect.poll(notes).toBe(3);
  // A week later nothing is kept of them, and nothing is told again.
  wallMs += 8 * 24 * 3_600_000;
  await expect.poll(notes).toBe(0);
  await seen(...first, ...idsOf(3, 5), ...idsOf(3, 7));
});

test('after the queue’s store is lost only what was pending is queued anew', async () => {
  const log = aLog();
  const subscriptions = new ChangingSubscriptions({}, { id: 'mail' });
  subscriptions.change('mail', { standing: 'paused' });
  publish(log, ...changes(1, 5));
  const first = await aNotifier(log, aQueue(), { subscriptions });
  await expect.poll(() => got('crm')).toHaveLength(5);
  const kept = new MemoryLogReader(log);
  await expect
    .poll(async () => {
      first.look();
      return (await kept.committed('strata-notifier.crm', [TOPICS.tierChanges])).get(
        `${TOPICS.tierChanges}:0`,
      );
    })
    .toBe(5);
  await first.stop();
  publish(log, ...changes(6, 7));
  subscriptions.change('mail', { standing: 'active' });
  const second = await aNotifier(log, aQueue(), { subscriptions });
  await expect
    .poll(() => {
      second.look();
      return got('mail');
    })
    .toEqual(idsOf(1, 2, 3, 4, 5, 6, 7));
  await expect.poll(() => got('crm')).toEqual(idsOf(1, 2, 3, 4, 5, 6, 7));
});

test('a store that went back to a backlog which was closed has it fed once more', async () => {
  const log = aLog();
  const queue = aQueue();
  publish(log, ...changes(1, 3));
  const { look } = await aNotifier(log, queue, { subscriptions: new ChangingSubscriptions({}) });
  await expect.poll(() => got('crm')).toEqual(idsOf(1, 2, 3));
  const note = JSON.stringify({ offset: 1, number: { epoch: 1, seq: 1 } });
  expect(await queue.storeNote('backlog:crm:0', note, { before: null })).toBe(true);
  await expect
    .poll(async () => {
      look();
      return [...(await queue.notes()).keys()];
    })
    .toEqual([]);
  // The queue still knew them.
  expect(got('crm')).toEqual(idsOf(1, 2, 3));
});

test('a store that went back before the place of a backlog was noted has the same fed again', async () => {
  const log = aLog();
  const queue = aQueue();
  const subscriptions = new ChangingSubscriptions({ standing: 'paused' }, { id: 'mail' });
  publish(log, ...changes(1, 3));
  const { look } = await aNotifier(log, queue, { subscriptions });
  await expect.poll(() => got('mail')).toEqual(idsOf(1, 2, 3));
  // What is given first is lost at once.
  const add = vi.spyOn(queue, 'add').mockResolvedValueOnce();
  subscriptions.change('crm', { standing: 'active' });
  await expect
    .poll(() => {
      look();
      return got('crm');
    })
    .toEqual(idsOf(1, 2, 3));
  expect(add).toHaveBeenCalledTimes(2);
});

test('an endpoint that took nothing for days is disabled, and who watches is told', async () => {
  let nowMs = 1_000;
  const log = aLog();
  receiver.answers = Array.from({ length: 2 }, () => ({ status: 503 }));
  const queue = new MemoryDeliveryQueue({ ladderMs: [0, 3_600_000], schedule: () => () => {} });
  const subscriptions = new ChangingSubscriptions(
    {},
    { id: 'ops', isOperational: true, types: [] },
  );
  publish(log, ...changes(1, 2));
  const { look, metric } = await aNotifier(log, queue, {
    subscriptions,
    disableAfterMs: 5_000,
    nowMs: () => nowMs,
  });
  await expect.poll(() => got('crm')).toHaveLength(2);
  look();
  await expect
    .poll(() => metric('strata_notifier_endpoint_failing_seconds{endpoint="crm"} 0'))
    .toBe(true);
  expect(subscriptions.disabled).toEqual([]);
  nowMs += 5_000;
  look();
  await expect.poll(() => got('ops')).toEqual(['crm.1000.disabled']);
  expect(subscriptions.disabled).toEqual(['crm']);
  const told = receiver.received.find(({ path }) => path.endsWith('/ops'));
  expect(JSON.parse(told?.body ?? '')).toMatchObject({
    type: 'strata.endpoint.disabled',
    data: { subscription: 'crm', failingSinceMs: 1_000 },
  });
  // Put back by hand, it is not held against it that it failed before; nor is a pause.
  subscriptions.change('crm', { standing: 'active' });
  publish(log, ...changes(3, 3));
  await expect
    .poll(() => {
      look();
      return got('crm').at(-1);
    })
    .toBe('0.30.0');
  await expect.poll(async () => [...(await queue.notes()).keys()]).toEqual([]);
  expect(subscriptions.disabled).toEqual(['crm']);
});

test('what an endpoint has not taken gets older, and nothing is told of it while the queue is away', async () => {
  let nowMs = 1_000;
  const log = aLog();
  receiver.answers = Array.from({ length: 2 }, () => ({ status: 503 }));
  const queue = new MemoryDeliveryQueue({ ladderMs: [0, 3_600_000], schedule: () => () => {} });
  publish(log, ...changes(1, 2));
  const { look, metric, notifier } = await aNotifier(log, queue, { nowMs: () => nowMs });
  await expect.poll(() => got('hook')).toHaveLength(2);
  const oldest = 'strata_notifier_endpoint_oldest_seconds{endpoint="crm"}';
  look();
  await expect.poll(() => metric(`${oldest} 0`)).toBe(true);
  nowMs += 90_000;
  look();
  await expect.poll(() => metric(`${oldest} 90`)).toBe(true);
  const pending = queue.pending.bind(queue);
  queue.pending = () => Promise.reject(new Error('No Redis.'));
  look();
  await expect.poll(() => notifier.figures()).toBeNull();
  expect(await metric('strata_notifier_endpoint_oldest_seconds{')).toBe(false);
  expect(await metric('strata_notifier_endpoint_pending{')).toBe(false);
  expect(await metric('strata_notifier_upkeep_timestamp_seconds 91')).toBe(true);
  queue.pending = pending;
  look();
  await expect.poll(() => metric(`${oldest} 90`)).toBe(true);
});

test('who is removed leaves nothing in the queue', async () => {
  const log = aLog();
  receiver.answers = [{ status: 503 }];
  const queue = new MemoryDeliveryQueue({ ladderMs: [0, 3_600_000], schedule: () => () => {} });
  const subscriptions = new ChangingSubscriptions({});
  publish(log, ...changes(1, 1));
  await aNotifier(log, queue, { subscriptions });
  await expect.poll(async () => (await queue.counts('crm')).delayed).toBe(1);
  subscriptions.remove('crm');
  await expect.poll(async () => (await queue.pending(['crm'])).get('crm')).toBe(0);
});

test('a subscription hears of nothing that was appended before it was made', async () => {
  let nowMs = 1_000;
  const log = aLog({ nowMs: () => nowMs });
  publish(log, ...changes(1, 2));
  nowMs = 2_000;
  publish(log, ...changes(3, 4));
  const subscriptions = new ChangingSubscriptions({ activeFromMs: 2_000 });
  await aNotifier(log, aQueue(), { subscriptions });
  await expect.poll(() => ids()).toEqual(idsOf(3, 4));
});
