import type { DeliveryJob, DeliveryOutcome } from '@strata/pipeline';
import { describe, expect, test } from 'vitest';
import { aJob, type OpenDeliveryQueue, queueHarness, work } from './delivery-queue-harness.ts';

const delivered: DeliveryOutcome = { kind: 'delivered' };
const retry: DeliveryOutcome = { kind: 'retry', reason: 'receiver said 503' };
const rejected: DeliveryOutcome = { kind: 'rejected', reason: 'receiver said 410' };

/** What every `DeliveryQueue` promises. Run it on each implementation. */
export function deliveryQueueContract(name: string, open: OpenDeliveryQueue): void {
  describe(`delivery queue: ${name}`, () => {
    const { openQueue, until, forget } = queueHarness(open);

    test('each job is delivered once, as it was added', async () => {
      const { queue } = await openQueue();
      const seen: DeliveryJob[] = [];
      const jobs = Array.from({ length: 700 }, (_, index) => aJob(`3.${index}.0-crm`));
      work(queue, async (job, attempt) => {
        expect(attempt).toBe(1);
        seen.push(job);
        return delivered;
      });
      await queue.add(jobs);
      await until(async () => expect(await queue.counts()).toMatchObject({ delivered: 700 }));
      const byId = (a: DeliveryJob, b: DeliveryJob) => (a.id < b.id ? -1 : 1);
      expect(seen.toSorted(byId)).toEqual(jobs.toSorted(byId));
      expect(await queue.counts()).toEqual({
        waiting: 0,
        delayed: 0,
        active: 0,
        delivered: 700,
        failed: 0,
      });
    });

    test('jobs added before anyone works wait', async () => {
      const { queue } = await openQueue();
      await queue.add([aJob('a'), aJob('b')]);
      expect(await queue.counts()).toMatchObject({ waiting: 2, active: 0, delivered: 0 });
      work(queue, async () => delivered);
      await until(async () => expect(await queue.counts()).toMatchObject({ delivered: 2 }));
    });

    test('adding nothing is nothing', async () => {
      const { queue } = await openQueue();
      await queue.add([]);
      expect(await queue.counts()).toMatchObject({ waiting: 0, delayed: 0 });
    });

    test('an id that is known is ignored: waiting, delivered or failed', async () => {
      const { queue } = await openQueue([0]);
      const seen: string[] = [];
      await queue.add([aJob('good'), aJob('good'), aJob('bad')]);
      await queue.add([aJob('good')]);
      work(queue, async (job) => {
        seen.push(job.id);
        return job.id === 'bad' ? rejected : delivered;
      });
      await until(async () =>
        expect(await queue.counts()).toMatchObject({ delivered: 1, failed: 1 }),
      );
      await queue.add([aJob('good'), aJob('bad'), aJob('last')]);
      await until(async () => expect(await queue.counts()).toMatchObject({ delivered: 2 }));
      expect(seen.toSorted()).toEqual(['bad', 'good', 'last']);
    });

    test.each(['a:b', '42', '', '林'])(
      'an id that a queue could misread crashes: "%s"',
      async (id) => {
        const { queue } = await openQueue();
        await expect(queue.add([aJob('fine'), aJob(id)])).rejects.toThrow(TypeError);
        expect(await queue.counts()).toMatchObject({ waiting: 0 });
      },
    );

    test('a retry is delivered again, and a throw is a retry', async () => {
      const { queue } = await openQueue();
      const attempts: number[] = [];
      work(queue, async (_job, attempt) => {
        attempts.push(attempt);
        if (attempt === 1) return retry;
        if (attempt === 2) throw new Error('socket hang up');
        return delivered;
      });
      await queue.add([aJob('a')]);
      await until(async () => expect(await queue.counts()).toMatchObject({ delivered: 1 }));
      expect(attempts).toEqual([1, 2, 3]);
      expect(await queue.counts()).toMatchObject({ delayed: 0, failed: 0 });
    });

    test('a rejected delivery is not tried again', async () => {
      const { queue } = await openQueue();
      let attempts = 0;
      work(queue, async () => {
        attempts += 1;
        return rejected;
      });
      await queue.add([aJob('a')]);
      await until(async () => expect(await queue.counts()).toMatchObject({ failed: 1 }));
      expect(attempts).toBe(1);
      expect(await queue.counts()).toMatchObject({ waiting: 0, delayed: 0, delivered: 0 });
    });

    test('a spent ladder fails the delivery, also when the receiver always asks for patience', async () => {
      const { queue } = await openQueue([0, 10, 10]);
      const attempts: string[] = [];
      work(queue, async (job, attempt) => {
        attempts.push(`${job.id}${attempt}`);
        return job.id === 'patient' ? { ...retry, afterMs: 15 } : retry;
      });
      await queue.add([aJob('plain'), aJob('patient')]);
      await until(async () => expect(await queue.counts()).toMatchObject({ failed: 2 }));
      const expected = ['patient1', 'patient2', 'patient3', 'plain1', 'plain2', 'plain3'];
      expect(attempts.toSorted()).toEqual(expected);
    });

    test('an attempt waits for its rung of the ladder, or as long as the receiver asked', async () => {
      const subject = await openQueue([0, 150, 10]);
      const times: number[] = [];
      work(subject.queue, async (_job, attempt) => {
        times.push(subject.nowMs());
        if (attempt === 1) return retry;
        return attempt === 2 ? { ...retry, afterMs: 250 } : delivered;
      });
      await subject.queue.add([aJob('a')]);
      await until(async () => expect(await subject.queue.counts()).toMatchObject({ delivered: 1 }));
      const [first = 0, second = 0, third = 0] = times;
      expect(second - first).toBeGreaterThanOrEqual(150);
      expect(third - second).toBeGreaterThanOrEqual(250);
    });

    test('a delivery that waits for its retry holds up no other', async () => {
      const { queue } = await openQueue([0, 3_600_000], 1);
      work(queue, async (job) => (job.id === 'stuck' ? retry : delivered));
      await queue.add([aJob('stuck'), aJob('next')]);
      await until(async () =>
        expect(await queue.counts()).toMatchObject({ delivered: 1, delayed: 1 }),
      );
    });

    test('what is about a subject is removed, whatever became of it; the rest stays', async () => {
      const { queue } = await openQueue([0, 3_600_000]);
      const seen: string[] = [];
      const outcomes: Record<string, DeliveryOutcome> = { later: retry, refused: rejected };
      work(queue, async ({ id }) => {
        seen.push(id);
        return outcomes[id.split('-')[0] ?? ''] ?? delivered;
      });
      // What is tried again comes last, so that it holds up nobody.
      const ids = ['done', 'refused', 'later'];
      const about = (subject: string, name: string) =>
        ids.map((id, sequence) => aJob(`${id}-${name}`, subject, { sequence }));
      await queue.add([...about('林*[1]', 'lin'), ...about('c2', 'c2')]);
      await until(async () =>
        expect(await queue.counts()).toMatchObject({ delivered: 2, delayed: 2, failed: 2 }),
      );
      expect(await queue.countAbout('林*[1]')).toBeGreaterThanOrEqual(1);
      expect(await queue.removeAbout('林*[1]')).toBeGreaterThanOrEqual(1);
      expect(await queue.countAbout('林*[1]')).toBe(0);
      expect(await queue.removeAbout('林*[1]')).toBe(0);
      expect(await queue.counts()).toMatchObject({ delayed: 1 });
      expect(await queue.countAbout('c2')).toBeGreaterThanOrEqual(1);
      expect(await queue.removeAbout('nobody')).toBe(0);
      // No longer known, so it may come again.
      await queue.add([aJob('later-lin', '林*[1]')]);
      await until(async () => expect(await queue.counts()).toMatchObject({ delayed: 2 }));
      expect(seen.filter((id) => id === 'later-lin')).toHaveLength(2);
    });

    test('jobs that nobody works on yet are removed', async () => {
      const { queue } = await openQueue([0]);
      const jobs = Array.from({ length: 1_200 }, (_, n) =>
        aJob(`j${n}`, n % 3 === 0 ? 'c1' : 'c2', { sequence: n }),
      );
      await queue.add(jobs);
      expect(await queue.removeAbout('c1')).toBe(400);
      expect(await queue.counts()).toMatchObject({ waiting: 800 });
      const seen = new Set<string>();
      work(queue, async ({ subject }) => {
        seen.add(subject);
        return delivered;
      });
      await until(async () => expect(await queue.counts()).toMatchObject({ delivered: 800 }));
      expect([...seen]).toEqual(['c2']);
    });

    test('a removed job that is in hand is not tried again', async () => {
      const { queue } = await openQueue([0, 10, 10]);
      const gate = Promise.withResolvers<DeliveryOutcome>();
      const attempts: string[] = [];
      work(queue, ({ id, body }) => {
        attempts.push(body === '' ? 'empty' : id);
        return id === 'held' ? gate.promise : Promise.resolve(delivered);
      });
      await queue.add([aJob('held', 'gone')]);
      await until(() => expect(attempts).toEqual(['held']));
      expect(await queue.removeAbout('gone')).toBe(1);
      expect(await queue.countAbout('gone')).toBe(0);
      gate.resolve(retry);
      await until(async () =>
        expect(await queue.counts()).toMatchObject({ active: 0, delayed: 0 }),
      );
      await queue.add([aJob('next', 'c2')]);
      await until(() => expect(attempts).toContain('next'));
      expect(attempts).toEqual(['held', 'next']);
    });

    test('no more run at once than allowed', async () => {
      const { queue } = await openQueue([0], 3);
      const gate = Promise.withResolvers<DeliveryOutcome>();
      let started = 0;
      work(queue, () => {
        started += 1;
        return gate.promise;
      });
      await queue.add(Array.from({ length: 10 }, (_, index) => aJob(`j${index}`)));
      // The queue counts a job as active before its delivery begins.
      await until(async () => {
        expect(await queue.counts()).toMatchObject({ active: 3, waiting: 7 });
        expect(started).toBe(3);
      });
      gate.resolve(delivered);
      await until(async () => expect(await queue.counts()).toMatchObject({ delivered: 10 }));
    });

    test('closing waits for the delivery in hand', async () => {
      const { queue } = await openQueue();
      const gate = Promise.withResolvers<DeliveryOutcome>();
      let hasStarted = false;
      work(queue, () => {
        hasStarted = true;
        return gate.promise;
      });
      await queue.add([aJob('a')]);
      await until(() => expect(hasStarted).toBe(true));
      let isClosed = false;
      const closing = queue.close().then(() => {
        isClosed = true;
      });
      await new Promise(setImmediate);
      expect(isClosed).toBe(false);
      gate.resolve(delivered);
      await closing;
      forget();
    });

    test('positions are kept by partition', async () => {
      const { queue } = await openQueue();
      expect(await queue.position(0)).toBeNull();
      await queue.storePosition(0, { offset: 5, epoch: 1, seq: 4 });
      await queue.storePosition(1, { offset: 2 ** 53 - 1, epoch: 2, seq: 9 });
      await queue.storePosition(0, { offset: 6, epoch: 1, seq: 5 });
      expect(await queue.position(0)).toEqual({ offset: 6, epoch: 1, seq: 5 });
      expect(await queue.position(1)).toEqual({ offset: 2 ** 53 - 1, epoch: 2, seq: 9 });
      expect(await queue.position(2)).toBeNull();
    });

    test('a position is not stored over another one, nor ahead of the jobs it stands for', async () => {
      const { queue } = await openQueue();
      const [one, two] = [
        { offset: 5, epoch: 1, seq: 4 },
        { offset: 6, epoch: 1, seq: 5 },
      ];
      const onto = (before: typeof one | null, lastJobId: string | null = null) => ({
        before,
        lastJobs: lastJobId === null ? [] : [{ id: lastJobId, endpoint: 'crm' }],
        notes: new Map(),
      });
      expect(await queue.storePosition(0, one, onto(two))).toBe(false);
      expect(await queue.position(0)).toBeNull();
      expect(await queue.storePosition(0, one, onto(null))).toBe(true);
      expect(await queue.storePosition(0, one, onto(null))).toBe(true);
      expect(await queue.storePosition(0, two, onto(null))).toBe(false);
      expect(await queue.storePosition(0, two, onto(one, '0.1.0.crm'))).toBe(false);
      expect(await queue.position(0)).toEqual(one);
      await queue.add([aJob('0.1.0.crm')]);
      expect(await queue.storePosition(0, two, onto(one, '0.1.0.crm'))).toBe(true);
      expect(await queue.position(0)).toEqual(two);
    });

    test('two workers on one queue handle are a programmer fault', async () => {
      const { queue } = await openQueue();
      work(queue, async () => delivered);
      expect(() => work(queue, async () => delivered)).toThrow(TypeError);
    });
  });
}
