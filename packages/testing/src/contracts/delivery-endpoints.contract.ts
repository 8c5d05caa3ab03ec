import type { DeliveryJob, DeliveryOutcome, GivenUp } from '@strata/pipeline';
import { describe, expect, test } from 'vitest';
import {
  aJob,
  type OpenDeliveryQueue,
  queueHarness,
  served,
  work,
} from './delivery-queue-harness.ts';

const delivered: DeliveryOutcome = { kind: 'delivered' };
const retry: DeliveryOutcome = { kind: 'retry', reason: 'receiver said 503' };
const rejected: DeliveryOutcome = { kind: 'rejected', reason: 'receiver said 410' };

/** The n-th event of somebody. */
function nth(subject: string, sequence: number, given: Partial<DeliveryJob> = {}): DeliveryJob {
  return aJob(`${subject}.${sequence}`, subject, { sequence, ...given });
}

/** What every `DeliveryQueue` promises about endpoints and about the order of what they get. */
export function deliveryEndpointsContract(name: string, open: OpenDeliveryQueue): void {
  describe(`delivery queue: ${name}: endpoints`, () => {
    const { openQueue, until } = queueHarness(open);

    test('the events of somebody go in their order, whatever order they were added in', async () => {
      const { queue } = await openQueue();
      const seen: string[] = [];
      await queue.add([nth('c1', 3), nth('c2', 1), nth('c1', 1), nth('c1', 12), nth('c1', 2)]);
      work(queue, async ({ id }) => {
        seen.push(id);
        return delivered;
      });
      await until(async () => expect(await queue.counts()).toMatchObject({ delivered: 5 }));
      expect(seen.filter((id) => id.startsWith('c1'))).toEqual(['c1.1', 'c1.2', 'c1.3', 'c1.12']);
    });

    test('what is tried again holds up the later ones of the same, and nobody else', async () => {
      const { queue } = await openQueue([0, 300, 10]);
      const seen: string[] = [];
      work(queue, async ({ id }, attempt) => {
        seen.push(`${id}#${attempt}`);
        return id === 'c1.1' && attempt === 1 ? retry : delivered;
      });
      await queue.add([nth('c1', 1), nth('c1', 2), nth('c2', 1)]);
      await until(async () => expect(await queue.counts()).toMatchObject({ delivered: 3 }));
      expect(seen.indexOf('c2.1#1')).toBeLessThan(seen.indexOf('c1.1#2'));
      expect(seen.filter((each) => each.startsWith('c1'))).toEqual(['c1.1#1', 'c1.1#2', 'c1.2#1']);
    });

    test('what is given up lets the later ones of the same go', async () => {
      const { queue } = await openQueue([0]);
      const seen: string[] = [];
      work(queue, async ({ id }) => {
        seen.push(id);
        return id === 'c1.1' ? rejected : delivered;
      });
      await queue.add([nth('c1', 1), nth('c1', 2)]);
      await until(async () =>
        expect(await queue.counts()).toMatchObject({ delivered: 1, failed: 1 }),
      );
      expect(seen).toEqual(['c1.1', 'c1.2']);
    });

    test('what is removed lets the later ones of others go on', async () => {
      const { queue } = await openQueue([0, 10]);
      await queue.add([nth('c1', 1), nth('c1', 2), nth('c2', 1)]);
      expect(await queue.removeAbout('c1')).toBe(2);
      expect(await queue.pending(['crm'])).toEqual(new Map([['crm', 1]]));
      const seen: string[] = [];
      work(queue, async ({ id }) => {
        seen.push(id);
        return delivered;
      });
      await queue.add([nth('c1', 7)]);
      await until(async () => expect(await queue.counts()).toMatchObject({ delivered: 2 }));
      expect(seen.toSorted()).toEqual(['c1.7', 'c2.1']);
    });

    test('latest: only the newest of somebody goes, and an older one on its way is waited for', async () => {
      const { queue } = await openQueue();
      queue.serve(served('crm', { deliver: 'latest' }));
      await queue.add([nth('c1', 1), nth('c1', 3), nth('c1', 2), nth('c2', 5)]);
      const gate = Promise.withResolvers<DeliveryOutcome>();
      const seen: string[] = [];
      work(queue, ({ id }) => {
        seen.push(id);
        return id === 'c1.3' ? gate.promise : Promise.resolve(delivered);
      });
      await until(() => expect(seen.toSorted()).toEqual(['c1.3', 'c2.5']));
      await queue.add([nth('c1', 4), nth('c1', 5)]);
      await until(async () => expect(await queue.counts()).toMatchObject({ active: 1 }));
      expect(seen).toHaveLength(2);
      gate.resolve(delivered);
      await until(() => expect(seen).toHaveLength(3));
      expect(seen.at(-1)).toBe('c1.5');
      await until(async () => expect(await queue.pending(['crm'])).toEqual(new Map([['crm', 0]])));
      await queue.add([nth('c1', 1), nth('c1', 4)]);
      await until(async () =>
        expect(await queue.counts()).toMatchObject({ waiting: 0, active: 0 }),
      );
      expect(seen).toHaveLength(3);
    });

    test('latest: what waits for its next try is superseded', async () => {
      const { queue } = await openQueue([0, 200, 10]);
      queue.serve(served('crm', { deliver: 'latest' }));
      const seen: string[] = [];
      work(queue, async ({ id }) => {
        seen.push(id);
        return id === 'c1.1' ? retry : delivered;
      });
      await queue.add([nth('c1', 1)]);
      await until(async () => expect(await queue.counts()).toMatchObject({ delayed: 1 }));
      await queue.add([nth('c1', 2)]);
      await until(async () =>
        expect(await queue.counts()).toMatchObject({ delayed: 0, active: 0, waiting: 0 }),
      );
      expect(seen).toEqual(['c1.1', 'c1.2']);
    });

    test('an endpoint has its own slots: one that hangs delays no other', async () => {
      const { queue } = await openQueue();
      queue.serve(new Map([...served('slow', { concurrency: 2 }), ...served('crm')]));
      const gate = Promise.withResolvers<DeliveryOutcome>();
      const slow = Array.from({ length: 30 }, (_, n) =>
        aJob(`slow.${n}`, `s${n}`, { endpoint: 'slow' }),
      );
      const quick = Array.from({ length: 30 }, (_, n) => aJob(`crm.${n}`));
      await queue.add([...slow, ...quick]);
      work(queue, ({ endpoint }) =>
        endpoint === 'slow' ? gate.promise : Promise.resolve(delivered),
      );
      await until(async () => expect(await queue.counts('crm')).toMatchObject({ delivered: 30 }));
      await until(async () =>
        expect(await queue.counts('slow')).toMatchObject({ active: 2, waiting: 28, delivered: 0 }),
      );
      gate.resolve(delivered);
      await until(async () => expect(await queue.counts()).toMatchObject({ delivered: 60 }));
    });

    test('nobody serves an endpoint: its jobs wait until somebody does', async () => {
      const { queue } = await openQueue();
      const seen: string[] = [];
      work(queue, async ({ id }) => {
        seen.push(id);
        return delivered;
      });
      await queue.add([aJob('one', 'c1', { endpoint: 'other' }), aJob('two')]);
      await until(async () => expect(await queue.counts('crm')).toMatchObject({ delivered: 1 }));
      expect(await queue.counts('other')).toMatchObject({ waiting: 1, delivered: 0 });
      queue.serve(new Map([...served('crm'), ...served('other')]));
      await until(() => expect(seen).toEqual(['two', 'one']));
      queue.serve(served('crm'));
      await queue.add([aJob('three', 'c1', { endpoint: 'other' }), aJob('four')]);
      await until(() => expect(seen).toEqual(['two', 'one', 'four']));
      expect(await queue.counts('other')).toMatchObject({ waiting: 1 });
    });

    test('an endpoint on hold gets nothing for so long, and then all', async () => {
      const subject = await openQueue();
      const { queue } = subject;
      const times = new Map<string, number>();
      work(queue, async ({ id }) => {
        times.set(id, subject.nowMs());
        return delivered;
      });
      await queue.add([aJob('first')]);
      await until(async () => expect(await queue.counts()).toMatchObject({ delivered: 1 }));
      const heldAtMs = subject.nowMs();
      queue.hold('crm', 400);
      await queue.add([aJob('second')]);
      await until(async () => expect(await queue.counts()).toMatchObject({ delivered: 2 }));
      expect((times.get('second') ?? 0) - heldAtMs).toBeGreaterThanOrEqual(400);
    });

    test('no more go in a second than an endpoint takes', async () => {
      const subject = await openQueue();
      const { queue } = subject;
      queue.serve(served('crm', { perSecond: 5 }));
      const times: number[] = [];
      work(queue, async () => {
        times.push(subject.nowMs());
        return delivered;
      });
      await queue.add(Array.from({ length: 11 }, (_, n) => aJob(`j${n}`)));
      await until(async () => expect(await queue.counts()).toMatchObject({ delivered: 11 }));
      // Two full seconds lie between the first and the eleventh; BullMQ's windows may begin before the first.
      expect((times[10] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(1_000);
      expect((times[5] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(0);
    });

    test('what is unfinished is counted, and the oldest of a partition known', async () => {
      const { queue } = await openQueue();
      const from = (partition: number, offset: number, replayId: string | null = null) => ({
        origin: { partition, offset },
        replayId,
      });
      const oldest = async (partition: number) =>
        (await queue.standing(partition, ['crm', 'other'])).oldest;
      expect(await oldest(1)).toEqual(new Map());
      await queue.add([
        aJob('a', 'a', from(1, 70)),
        aJob('b', 'b', from(1, 9)),
        aJob('c', 'c', from(11, 3)),
        aJob('d', 'd', from(1, 2, 'again')),
        aJob('e', 'e'),
      ]);
      expect(await queue.pending(['crm', 'other'])).toEqual(
        new Map([
          ['crm', 5],
          ['other', 0],
        ]),
      );
      expect(await oldest(1)).toEqual(new Map([['crm', 9]]));
      expect(await oldest(11)).toEqual(new Map([['crm', 3]]));
      expect(await oldest(0)).toEqual(new Map());
      work(queue, async ({ id }) => (id === 'b' ? rejected : delivered));
      await until(async () => expect(await queue.pending(['crm'])).toEqual(new Map([['crm', 0]])));
      expect(await oldest(1)).toEqual(new Map());
    });

    test('who gives up is told before, and a delivery that cannot be given up is tried again', async () => {
      const { queue } = await openQueue([0, 5]);
      const told: (readonly [string, Omit<GivenUp, 'addedAtMs'>])[] = [];
      let tries = 0;
      work(
        queue,
        async ({ id }) => {
          tries += 1;
          return id === 'spent' ? retry : rejected;
        },
        async ({ id }, { reason, attempts }) => void told.push([id, { reason, attempts }]),
      );
      await queue.add([aJob('spent'), aJob('refused')]);
      await until(async () => expect(await queue.counts()).toMatchObject({ failed: 2 }));
      expect(tries).toBe(3);
      expect(told.toSorted(([one], [other]) => one.localeCompare(other))).toEqual([
        ['refused', { reason: 'receiver said 410', attempts: 1 }],
        ['spent', { reason: 'receiver said 503', attempts: 2 }],
      ]);
    });

    test('while it cannot be told a delivery is not given up', async () => {
      const { queue } = await openQueue([0]);
      let asked = 0;
      work(
        queue,
        async () => rejected,
        async () => {
          asked += 1;
          throw new Error('the topic is away');
        },
      );
      await queue.add([aJob('a')]);
      await until(() => expect(asked).toBeGreaterThan(0));
      await until(async () =>
        expect(await queue.counts()).toMatchObject({ delayed: 1, failed: 0 }),
      );
      expect(await queue.pending(['crm'])).toEqual(new Map([['crm', 1]]));
    });

    test('an endpoint that is gone leaves nothing', async () => {
      const { queue } = await openQueue();
      queue.serve(new Map([...served('crm'), ...served('gone')]));
      work(queue, async ({ id }) => (id === 'done' ? delivered : retry));
      const about = (id: string) =>
        aJob(id, 'c1', { endpoint: 'gone', origin: { partition: 0, offset: 4 } });
      await queue.add([about('done'), about('left'), aJob('mine', 'c1')]);
      await until(async () => expect(await queue.counts('gone')).toMatchObject({ delivered: 1 }));
      queue.serve(served('crm'));
      await queue.drop('gone');
      expect(await queue.counts('gone')).toMatchObject({ waiting: 0, delayed: 0, delivered: 0 });
      expect((await queue.standing(0, ['gone'])).oldest).toEqual(new Map());
      expect(await queue.countAbout('c1')).toBe(1);
    });

    test('how far a partition is, is told with its notes', async () => {
      const { queue } = await openQueue();
      expect(await queue.standing(3, ['crm'])).toEqual({
        position: null,
        notes: new Map(),
        oldest: new Map(),
      });
      await queue.storePosition(3, { offset: 9, epoch: 1, seq: 8 });
      await queue.storeNote('backlog:crm:3', 'x', { before: null });
      await queue.add([aJob('a', 'a', { origin: { partition: 3, offset: 4 } })]);
      expect(await queue.standing(3, ['crm', 'other'])).toEqual({
        position: { offset: 9, epoch: 1, seq: 8 },
        notes: new Map([['backlog:crm:3', 'x']]),
        oldest: new Map([['crm', 4]]),
      });
    });

    test('a position is not stored where a note is not what it is said to be', async () => {
      const { queue } = await openQueue();
      const position = { offset: 9, epoch: 1, seq: 8 };
      const condition = { before: null, lastJobs: [], notes: new Map([['backlog:crm:0', '客']]) };
      expect(await queue.storePosition(0, position, condition)).toBe(false);
      await queue.storeNote('backlog:crm:0', 'other', { before: null });
      expect(await queue.storePosition(0, position, condition)).toBe(false);
      await queue.storeNote('backlog:crm:0', '客', { before: 'other' });
      await queue.storeNote('backlog:mail:0', 'x', { before: null });
      expect(await queue.storePosition(0, position, condition)).toBe(true);
    });

    test('a note is not stored ahead of the jobs that it stands for', async () => {
      const { queue } = await openQueue();
      const condition = { before: null, lastJobs: [{ id: 'a', endpoint: 'crm' }] };
      expect(await queue.storeNote('backlog:crm:0', 'x', condition)).toBe(false);
      await queue.add([aJob('a')]);
      expect(await queue.storeNote('backlog:crm:0', 'x', condition)).toBe(true);
    });

    test('a note is not removed at a position that is not the present one', async () => {
      const { queue } = await openQueue();
      const [older, newer] = [
        { offset: 9, epoch: 1, seq: 8 },
        { offset: 12, epoch: 1, seq: 11 },
      ];
      await queue.storeNote('backlog:crm:0', '客', { before: null });
      await queue.storePosition(0, newer);
      const remove = (position: typeof older) =>
        queue.storeNote('backlog:crm:0', null, { before: '客', at: { partition: 0, position } });
      expect(await remove(older)).toBe(false);
      expect(await queue.notes()).toEqual(new Map([['backlog:crm:0', '客']]));
      expect(await remove(newer)).toBe(true);
      expect(await queue.notes()).toEqual(new Map());
    });

    test('notes are replaced by who knows them', async () => {
      const { queue } = await openQueue();
      expect(await queue.notes()).toEqual(new Map());
      expect(await queue.storeNote('crm:0', 'x', { before: 'w' })).toBe(false);
      expect(await queue.storeNote('crm:0', 'x', { before: null })).toBe(true);
      expect(await queue.storeNote('crm:0', 'x', { before: null })).toBe(true);
      expect(await queue.storeNote('crm:1', '客', { before: null })).toBe(true);
      expect(await queue.storeNote('crm:0', 'y', { before: 'z' })).toBe(false);
      expect(await queue.notes()).toEqual(
        new Map([
          ['crm:0', 'x'],
          ['crm:1', '客'],
        ]),
      );
      expect(await queue.storeNote('crm:0', null, { before: 'x' })).toBe(true);
      expect(await queue.storeNote('crm:0', null, { before: 'x' })).toBe(true);
      expect(await queue.notes()).toEqual(new Map([['crm:1', '客']]));
    });
  });
}
