import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  RETIRED_HEADER,
  type TierChangeEvent,
  TOPICS,
  tierChangeToWire,
  type WireRecord,
} from '@strata/contracts';
import {
  MemoryDeliveryQueue,
  MemoryGroupReader,
  MemoryLog,
  MemoryLogReader,
  MemoryLogWriter,
  MemoryPositionKeeper,
} from '@strata/memory';
import {
  type DeliveryQueue,
  type GroupHandlers,
  type GroupReader,
  SerdeFault,
  sendInTurn,
  silentLogger,
} from '@strata/pipeline';
import type { TopicSerde } from '@strata/schema-registry';
import { createMetrics } from '@strata/service-runtime';
import { afterEach, beforeEach, onTestFinished } from 'vitest';
import { FixedSubscriptions } from '../fixed-subscriptions.ts';
import { startNotifier } from '../start-notifier.ts';
import type { SubscriptionSource } from '../subscription.ts';
import { parseSubscriptions } from '../subscriptions.ts';

export const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
export const topic = TOPICS.tierChanges;

export const serde: TopicSerde = {
  prepare: async () => {},
  encode: (record) => Buffer.from(JSON.stringify(record)),
  decode: (bytes) => {
    try {
      return JSON.parse(Buffer.from(bytes).toString()) as WireRecord;
    } catch (cause) {
      throw new SerdeFault('malformed', 'no JSON', cause);
    }
  },
};

export function aTierChange(seq: number, given: Partial<TierChangeEvent> = {}): TierChangeEvent {
  return {
    id: `0.${seq * 10}.0`,
    partition: 0,
    epoch: 1,
    seq,
    customerId: 'c1',
    customerSeq: seq,
    type: 'demoted',
    fromTier: 'gold',
    toTier: 'silver',
    fromPolicy: null,
    labels: { gold: { zh: '金牌客户', en: 'Gold' } },
    segment: null,
    cause: { kind: 'time', ref: null },
    policy: 'shop',
    policyVersion: 1,
    score: 250.125,
    dimensions: [],
    evidence: ['0:1'],
    effectiveAt: Date.parse('2026-01-02T03:04:05.678Z'),
    decidedAt: Date.parse('2026-01-02T03:04:06Z'),
    asOf: Date.parse('2026-01-02T03:04:06Z'),
    protectedUntil: null,
    atRisk: null,
    override: null,
    withdraws: null,
    backfill: false,
    treatment: { service_hours: 24 },
    steps: 1,
    ...given,
  };
}

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Answers with the given statuses in turn, then 204. */
export const receiver = {
  url: '',
  answers: [] as { status: number; headers?: Record<string, string> }[],
  received: [] as Received[],
};

/** Gives each test of the calling file a `receiver` that has heard nothing yet. */
export function openReceiver(): void {
  let server: Server;

  beforeEach(async () => {
    receiver.answers = [];
    receiver.received.length = 0;
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        receiver.received.push({
          path: request.url ?? '',
          headers: request.headers,
          body: Buffer.concat(chunks).toString(),
        });
        const { status, headers } = receiver.answers.shift() ?? { status: 204 };
        response.writeHead(status, headers).end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  });

  afterEach(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
}

export function aLog(clock = { nowMs: () => 0 }): MemoryLog {
  const log = new MemoryLog(clock);
  log.createTopic(topic, 1);
  log.createTopic(TOPICS.undelivered, 2);
  return log;
}

export const text = (value: string) => Buffer.from(value);

export function publish(log: MemoryLog, ...changes: (TierChangeEvent | 'broken')[]): void {
  for (const change of changes) {
    const { epoch, seq } = change === 'broken' ? { epoch: 1, seq: 99 } : change;
    log.append([
      {
        topic,
        partition: 0,
        key: text(change === 'broken' ? 'c1' : change.customerId),
        value: change === 'broken' ? text('{') : serde.encode(tierChangeToWire(change)),
        headers: { 'strata-seq': text(`${epoch}.${seq}`) },
      },
    ]);
  }
}

/** Retries come at once, so that no test waits for a clock. */
export function aQueue(): MemoryDeliveryQueue {
  return new MemoryDeliveryQueue({
    ladderMs: [0, 1, 1],
    random: () => 0,
    schedule: (_delayMs, run) => {
      const immediate = setImmediate(run);
      return () => clearImmediate(immediate);
    },
  });
}

/** A group that gives out what a test asks for, as Kafka's reader may. */
export function aGroupByHand(log: MemoryLog) {
  const at = { topic, partition: 0 };
  let handlers: GroupHandlers | undefined;
  const group: GroupReader = {
    start: async (_settings, given) => {
      handlers = given;
      await given.onAssigned([at], 'joined');
    },
    reacquire: () => {},
    stop: async () => {},
  };
  const give = async ({ from, to }: { readonly from: number; readonly to: number }) => {
    const { records, nextOffset } = log.slice(at, { from, to, limit: to - from });
    const logEnd = log.partition(at).end;
    const batch = { ...at, records, nextOffset, logEnd, heartbeat: async () => {} };
    return handlers?.onBatch({ ...batch, isOwned: () => true });
  };
  return { group, give };
}

export async function aNotifier(
  log: MemoryLog,
  queue: DeliveryQueue,
  options: {
    endpoints?: object[];
    subscriptions?: SubscriptionSource;
    arePrivateAddressesAllowed?: boolean;
    pendingMax?: number;
    disableAfterMs?: number;
    nowMs?: () => number;
    group?: GroupReader;
  } = {},
) {
  const metrics = createMetrics({ withProcess: false });
  const file = JSON.stringify(options.endpoints ?? [{ id: 'crm', url: receiver.url, secret }]);
  const fatal: unknown[] = [];
  const alarms = new Set<() => void>();
  const notifier = await startNotifier(
    {
      group:
        options.group ?? new MemoryGroupReader(log, { backOff: () => nextTurn<void>(undefined) }),
      log: new MemoryLogReader(log),
      queue,
      serde,
      clock: { nowMs: options.nowMs ?? (() => Date.now()) },
      writer: sendInTurn(new MemoryLogWriter(log)),
      keeper: new MemoryPositionKeeper(log),
      undeliveredSerde: serde,
      alarm: (_afterMs, ring) => {
        const alarm = (): void => ring();
        alarms.add(alarm);
        return () => alarms.delete(alarm);
      },
      logger: silentLogger,
      metrics,
      onFatal: (error) => void fatal.push(error),
    },
    {
      groupId: 'strata-notifier',
      topic,
      subscriptions:
        options.subscriptions ??
        new FixedSubscriptions(parseSubscriptions(file, { place: 'test', isHttpAllowed: true })),
      pendingMax: options.pendingMax ?? 1_000,
      disableAfterMs: options.disableAfterMs ?? Number.MAX_SAFE_INTEGER,
      deliveryTimeoutMs: 2_000,
      arePrivateAddressesAllowed: options.arePrivateAddressesAllowed ?? true,
    },
  );
  let isStopped = false;
  const stop = async () => {
    if (!isStopped) await notifier.stop();
    isStopped = true;
  };
  onTestFinished(stop);
  return {
    notifier,
    stop,
    fatal,
    /** Rings every alarm that is set. */
    look: () => {
      for (const alarm of Array.from(alarms)) {
        alarms.delete(alarm);
        alarm();
      }
    },
    metric: (line: string) => hasLine(metrics.text(), line),
  };
}

async function hasLine(metrics: Promise<string>, line: string): Promise<boolean> {
  return (await metrics).split('\n').includes(line);
}

export function retire(
  log: MemoryLog,
  seq: number,
  { customerId = 'c1', reason = 'erased' } = {},
): void {
  const headers = { 'strata-seq': text(`1.${seq}`), [RETIRED_HEADER]: text(reason) };
  log.append([{ topic, partition: 0, key: text(customerId), value: null, headers }]);
}

export const ids = () => receiver.received.map(({ headers }) => String(headers['webhook-id']));
export const sortedIds = () => ids().toSorted((one, other) => one.localeCompare(other));
