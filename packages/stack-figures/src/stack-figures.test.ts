import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type AskedService, answerOf, askService } from './ask-service.ts';
import { stackFigures } from './stack-figures.ts';

const NOWHERE = 'http://127.0.0.1:1';

function aPartition(partition: number, changes: Readonly<Record<string, number | null>> = {}) {
  return {
    partition,
    next: 10,
    logEnd: 10,
    lagRecords: 0,
    lagSeconds: 0,
    stalledSeconds: 0,
    clockMs: 1_000,
    overdueSeconds: 0,
    outboxRecords: 0,
    outboxSeconds: 0,
    rebuildLeft: 0,
    ...changes,
  };
}

function aScorer(logPartitions: number, ...partitions: readonly object[]): AskedService {
  const details = { logPartitions, partitions, halted: [] };
  return answerOf('scorer', { isLive: true, reasons: [], details });
}

function anEndpoint(changes: Readonly<Record<string, unknown>> = {}) {
  const known = { standing: 'active', queued: 3, backlogRecords: 1, perSecond: 2, oldestMs: 5 };
  return { ...known, failingSinceMs: null, ...changes };
}

function aNotifier(endpoints: unknown): AskedService {
  const jobs = { delivered: 1, waiting: 2, delayed: 3, active: 4, failed: 5 };
  const details = { lags: [{ partition: 0, records: 2, seconds: 4 }], endpoints, jobs };
  return answerOf('notifier', { isLive: true, reasons: [], details });
}

test('sums what all scorers tell of their partitions, and takes the worst of what is a time', () => {
  const { scorer, outbox, overdueSeconds, overduePartitions, clockMs } = stackFigures([
    aScorer(2, aPartition(1, { lagRecords: 4, lagSeconds: 9, outboxRecords: 3, clockMs: 5_000 })),
    aScorer(2, aPartition(0, { lagRecords: 1, lagSeconds: 2, overdueSeconds: 7 })),
  ]);
  expect(scorer).toEqual({ records: 5, seconds: 9 });
  expect(outbox).toEqual({ records: 3, seconds: 0 });
  expect({ overdueSeconds, overduePartitions, clockMs }).toEqual({
    overdueSeconds: 7,
    overduePartitions: 1,
    clockMs: 5_000,
  });
});

test.each<[why: string, asked: readonly AskedService[]]>([
  ['nobody was asked', []],
  ['a scorer does not answer', [aScorer(1, aPartition(0)), { service: 'scorer', answer: null }]],
  ['nobody owns a partition', [aScorer(2, aPartition(0))]],
  ['of one partition it is not known', [aScorer(1, aPartition(0, { lagRecords: null }))]],
  ['the answer is of another version', [answerOf('scorer', { isLive: true, reasons: [] })]],
])('no sum where %s', (_, asked) => {
  expect(stackFigures(asked).scorer.records).toBeNull();
});

test('a partition that nobody owns is there, and nothing is known of it', () => {
  const { partitions } = stackFigures([aScorer(2, aPartition(1))]);
  expect(partitions.map(({ partition, lagRecords }) => [partition, lagRecords])).toEqual([
    [0, null],
    [1, 0],
  ]);
});

test('an endpoint is told by all notifiers together: the queue is one, what waits in partitions is each one’s own', () => {
  const { endpoints, notifier, jobs } = stackFigures([
    aNotifier({ crm: anEndpoint({ oldestMs: 900 }) }),
    aNotifier({ crm: anEndpoint({ failingSinceMs: 77 }) }),
  ]);
  expect(endpoints).toEqual([
    {
      endpoint: 'crm',
      standing: 'active',
      queued: 3,
      backlogRecords: 2,
      perSecond: 4,
      oldestMs: 900,
      failingSinceMs: 77,
    },
  ]);
  expect(notifier).toEqual({ records: 4, seconds: 4 });
  expect(jobs?.delayed).toBe(3);
  expect(stackFigures([aNotifier({}), aNotifier(null)]).endpoints).toBeNull();
});

test('says of each service how it stands; of one that nobody knows that it is silent', () => {
  const { services } = stackFigures([
    answerOf('ingestor', { isLive: true, reasons: [] }),
    answerOf('scorer', { isLive: true, reasons: ['It waits.'] }),
    answerOf('console', { isLive: false, reasons: ['It has failed.'] }),
  ]);
  expect(services).toEqual([
    { service: 'ingestor', standing: 'ready', reasons: [] },
    { service: 'scorer', standing: 'not-ready', reasons: ['It waits.'] },
    { service: 'notifier', standing: 'silent', reasons: [] },
    { service: 'console', standing: 'failed', reasons: ['It has failed.'] },
  ]);
});

test('a service that is gone, hangs or answers something else has not answered', async () => {
  let answer: (text: string) => void = () => {};
  const server = createServer((_, response) => {
    answer = (text) => response.end(text);
    if (body !== null) answer(body);
  });
  let body: string | null = '{"isLive":true,"isReady":true,"reasons":[],"details":{}}';
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => server.close().closeAllConnections());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const asked = async (at: string) => (await askService({ service: 'scorer', url: at }, 50)).answer;
  expect(await asked(url)).toMatchObject({ isReady: true });
  body = '<html>';
  expect(await asked(url)).toBeNull();
  body = null;
  expect(await asked(url)).toBeNull();
  expect(await asked(NOWHERE)).toBeNull();
});
