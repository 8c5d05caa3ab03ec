import type {
  DeliveryHandlers,
  DeliveryJob,
  DeliveryQueue,
  EndpointService,
} from '@strata/pipeline';
import { afterEach, vi } from 'vitest';

export interface DeliveryQueueUnderTest {
  /** Empty when opened. The suite closes it. */
  readonly queue: DeliveryQueue;
  /** The clock that the queue waits by. */
  nowMs(): number;
  /** Moves that clock where a test can; a real queue's clock moves by itself. */
  passTime(ms: number): void;
}

export interface DeliveryQueueSettings {
  readonly ladderMs: readonly number[];
}

export type OpenDeliveryQueue = (
  settings: DeliveryQueueSettings,
) => Promise<DeliveryQueueUnderTest>;

/** By default about somebody of its own: nothing waits for anything. */
export function aJob(id: string, subject = id, given: Partial<DeliveryJob> = {}): DeliveryJob {
  const body = `{"id":"${id}","名":"林记茶行"}`;
  return {
    id,
    endpoint: 'crm',
    body,
    eventId: `event.${id}`,
    subject,
    sequence: 1,
    origin: null,
    replayId: null,
    ...given,
  };
}

const SERVICE: EndpointService = { concurrency: 10, perSecond: null, deliver: 'every' };

export function served(
  name: string,
  given: Partial<EndpointService> = {},
): Map<string, EndpointService> {
  return new Map([[name, { ...SERVICE, ...given }]]);
}

export function work(
  queue: DeliveryQueue,
  deliver: DeliveryHandlers['deliver'],
  givenUp: DeliveryHandlers['givenUp'] = async () => {},
): void {
  queue.work({ deliver, givenUp });
}

/** Opens a queue for each test, serves the endpoint `crm`, and closes it afterwards. */
export function queueHarness(open: OpenDeliveryQueue) {
  let opened: DeliveryQueueUnderTest | null = null;
  afterEach(async () => {
    await opened?.queue.close();
    opened = null;
  });
  const openQueue = async (
    ladderMs: readonly number[] = [0, 10, 10],
    concurrency = 10,
  ): Promise<DeliveryQueueUnderTest> => {
    opened = await open({ ladderMs });
    opened.queue.serve(served('crm', { concurrency }));
    return opened;
  };
  /** Waits for a condition, letting time pass in small steps. */
  const until = async (check: () => Promise<void> | void): Promise<void> => {
    const step = async () => {
      opened?.passTime(20);
      await check();
    };
    await vi.waitFor(step, { timeout: 15_000, interval: 10 });
  };
  /** The test has closed it. */
  const forget = (): void => {
    opened = null;
  };
  return { openQueue, until, forget };
}
