import { randomBytes } from 'node:crypto';
import { type ConsolePorts, startConsole } from '@strata/console';
import {
  type Identity,
  INTAKE_TOPICS,
  identity,
  type MinimisationSettings,
  minimisation,
  RECORD_BYTES_MAX_DEFAULT,
  REDRIVES_MAX_DEFAULT,
  TOPICS,
} from '@strata/contracts';
import { fold, initialPartition, type TimeMode } from '@strata/domain';
import { HTTP_DEFAULTS, type IngestorSettings, startIngestor } from '@strata/ingestor';
import {
  MemoryDeliveryQueue,
  MemoryGroupReader,
  MemoryLog,
  MemoryLogReader,
  MemoryLogWriter,
  MemoryPositionKeeper,
  MemoryStateStore,
} from '@strata/memory';
import { openSubscriptions, startNotifier } from '@strata/notifier';
import { sendInTurn, silentLogger } from '@strata/pipeline';
import {
  MemorySchemaRegistry,
  openTopicSerdes,
  readSchemaFolder,
  registerSchemas,
  type TopicSerde,
} from '@strata/schema-registry';
import { createScorerMetrics, startScorer } from '@strata/scorer';
import {
  createMetrics,
  keyedMarker,
  lookRegularly,
  seal,
  systemAlarm,
  systemClock,
  unseal,
} from '@strata/service-runtime';
import { type AskedService, answerOf } from '@strata/stack-figures';
import { topicSpecs } from './stack/deploy-topics.ts';
import { openGate } from './stack/open-gate.ts';
import { openPartitions } from './stack/open-partitions.ts';
import type { StackHandle } from './stack/stack-handle.ts';
import { openStackSerdes } from './stack/stack-serdes.ts';
import { INGESTOR_GROUP } from './stack/wait-until-settled.ts';

const DELIVERY_TIMEOUT_MS = 10_000;
const PENDING_MAX = 10_000;
const DISABLE_AFTER_MS = 5 * 24 * 3_600_000;
const COMMIT_INTERVAL_MS = 1_000;
/** As services that are processes of their own do. */
const LOOK_MS = 5_000;
/** A look at a topic in this process costs next to nothing, and commands wait for what it finds. */
const POLICY_POLL_MS = 100;
const KEY_BYTES = 32;

export interface EmbeddedOptions {
  readonly time: TimeMode;
  readonly partitions: number;
  readonly subscriptions: string | null;
  readonly identity?: Identity;
  /** What a field that may not enter does to its record; without it the field is dropped. */
  readonly onForbidden?: MinimisationSettings['onForbidden'];
  /** File of the keys that may send by HTTP; without it nobody can. */
  readonly intakeKeys?: string;
  /** File of the keys that may ask the API; without it nobody can. */
  readonly apiKeys?: string;
  readonly onFatal: (error: unknown) => void;
}

export interface EmbeddedStack {
  readonly stack: StackHandle;
  readonly consoleUrl: string;
  readonly intakeUrl: string | null;
  stop(): Promise<void>;
}

/**
 * The four services as they are, in this one process, over the in-memory ports. The one place where services are
 * composed together; nothing outlives the process.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedStack> {
  const { partitions, identity: given = identity() } = options;
  let { time } = options;
  const log = new MemoryLog(systemClock);
  for (const { name, partitions: count } of topicSpecs(partitions)) log.createTopic(name, count);
  const source = new MemorySchemaRegistry();
  const schemas = readSchemaFolder();
  await registerSchemas(source, schemas);
  const clock = systemClock;
  const serde = await openTopicSerdes({ source, schemas, clock, untrusted: INTAKE_TOPICS });
  const serdes = await openStackSerdes(source, clock);
  const key = randomBytes(KEY_BYTES);
  // Before they run nothing is known of them.
  let running: RunningServices | null = null;
  const store = new MemoryStateStore();
  const queue = new MemoryDeliveryQueue();
  const markerOf = keyedMarker(key);
  const stack: StackHandle = {
    kind: 'embedded',
    get time() {
      return time;
    },
    partitions,
    identity: given,
    reader: new MemoryLogReader(log),
    // Commands of several users share it.
    writer: sendInTurn(new MemoryLogWriter(log)),
    store,
    serdes,
    arePrivateAddressesAllowed: true,
    seal: (bytes) => seal(key, bytes),
    unseal: (sealed) => unseal(key, sealed),
    tryGate: openGate({ serdes, markerOf, partitions }, () =>
      ingestorSettings({ ...options, time }),
    ),
    markerOf,
    lookAtDeliveries: (look) => look(queue),
    askServices: async () => (await running?.ask()) ?? [],
    retention: async () => null,
    toWallTime: () => {
      time = 'wall';
    },
    close: async () => {},
  };
  await openPartitions(stack, time);

  running = await startServices(options, { log, store, queue, serde, stack });
  const { consoleUrl, intakeUrl, stop } = running;
  return { stack, consoleUrl, intakeUrl, stop };
}

interface RunningServices extends Pick<EmbeddedStack, 'consoleUrl' | 'intakeUrl' | 'stop'> {
  /** Has all services look, and tells what they then say of themselves. */
  ask(): Promise<readonly AskedService[]>;
}

interface EmbeddedParts {
  readonly log: MemoryLog;
  readonly store: MemoryStateStore;
  readonly queue: MemoryDeliveryQueue;
  readonly serde: (topic: string) => TopicSerde;
  readonly stack: StackHandle;
}

async function startServices(
  options: EmbeddedOptions,
  parts: EmbeddedParts,
): Promise<RunningServices> {
  const { log, store, serde, stack } = parts;
  const metrics = createMetrics({ withProcess: true });
  const { onFatal } = options;
  const { reader, seal, markerOf } = stack;
  const logger = silentLogger;
  const ports = { reader, seal, markerOf, serde, logger, metrics, onFatal, clock: systemClock };
  const group = (): MemoryGroupReader => new MemoryGroupReader(log);
  const writers = { writer: new MemoryLogWriter(log), httpWriter: new MemoryLogWriter(log) };
  const ingestor = await startIngestor(
    { ...ports, group: group(), ...writers },
    ingestorSettings(options),
  );
  const scorer = await startScorer(
    {
      ...ports,
      group: group(),
      outputWriter: new MemoryLogWriter(log),
      customerLogWriter: new MemoryLogWriter(log),
      store,
      notes: store,
      alarm: systemAlarm,
      metrics: createScorerMetrics(metrics),
      fold,
      initialPartition,
    },
    { policyPollMs: POLICY_POLL_MS },
  );
  const askInputs = async (): Promise<readonly AskedService[]> => {
    await Promise.all([ingestor.lookAtLog(), scorer.lookAtLog()]);
    return [answerOf('ingestor', ingestor.report()), answerOf('scorer', scorer.report())];
  };
  const outputs = await startOutputs(options, { ...parts, metrics, askInputs });
  const looks = lookRegularly({
    everyMs: LOOK_MS,
    look: async () => void (await outputs.ask()),
    // A topic in this process answers; while the process ends, one may not.
    onFailed: () => {},
  });
  return {
    consoleUrl: outputs.consoleUrl,
    intakeUrl: ingestor.httpUrl,
    ask: outputs.ask,
    stop: async () => {
      await looks.stop();
      await ingestor.stop();
      await scorer.stop();
      await outputs.stop();
    },
  };
}

function ingestorSettings({
  time,
  onForbidden,
  intakeKeys,
  identity: given = identity(),
}: EmbeddedOptions): IngestorSettings {
  return {
    timeMode: time,
    rules: minimisation({ onForbidden: onForbidden ?? 'drop' }),
    identity: given,
    recordBytesMax: RECORD_BYTES_MAX_DEFAULT,
    redrivesMax: REDRIVES_MAX_DEFAULT,
    groupId: INGESTOR_GROUP,
    commitIntervalMs: COMMIT_INTERVAL_MS,
    ...(intakeKeys === undefined ? {} : { http: { ...HTTP_DEFAULTS, keysFile: intakeKeys } }),
  };
}

/** The page, and the API beside it. */
function startPage(
  ports: Pick<ConsolePorts, 'log' | 'clock' | 'logger' | 'metrics' | 'onFatal' | 'askServices'>,
  { log, store, serde, stack }: EmbeddedParts,
  { apiKeys, identity: given = identity() }: Pick<EmbeddedOptions, 'apiKeys' | 'identity'>,
) {
  return startConsole(
    {
      ...ports,
      group: new MemoryGroupReader(log),
      store,
      serdes: serde,
      subscriptions: {
        reader: stack.reader,
        writer: stack.writer,
        serde: serde(TOPICS.subscriptions),
        seal: stack.seal,
        arePrivateAddressesAllowed: stack.arePrivateAddressesAllowed,
      },
    },
    {
      host: '127.0.0.1',
      port: 0,
      apiKeysFile: apiKeys ?? null,
      identity: given,
      groupId: 'strata-console',
    },
  );
}

/** What reads the published changes: the webhooks and the page. */
async function startOutputs(
  options: EmbeddedOptions,
  parts: EmbeddedParts & {
    readonly metrics: ReturnType<typeof createMetrics>;
    /** The services before these. */
    readonly askInputs: RunningServices['ask'];
  },
): Promise<Pick<RunningServices, 'consoleUrl' | 'ask' | 'stop'>> {
  const { subscriptions, onFatal } = options;
  const { log, queue, serde, stack, metrics } = parts;
  const ports = { log: stack.reader, clock: systemClock, logger: silentLogger, metrics, onFatal };
  const subscribed = await openSubscriptions(
    {
      ...ports,
      reader: stack.reader,
      writer: stack.writer,
      serde: serde(TOPICS.subscriptions),
      unseal: stack.unseal,
      alarm: systemAlarm,
    },
    {
      file: subscriptions,
      deliveryTimeoutMs: DELIVERY_TIMEOUT_MS,
      arePrivateAddressesAllowed: true,
    },
  );
  const notifier = await startNotifier(
    {
      ...ports,
      group: new MemoryGroupReader(log),
      queue,
      writer: stack.writer,
      keeper: new MemoryPositionKeeper(log),
      serde: serde(TOPICS.tierChanges),
      undeliveredSerde: serde(TOPICS.undelivered),
      alarm: systemAlarm,
    },
    {
      groupId: 'strata-notifier',
      topic: TOPICS.tierChanges,
      subscriptions: subscribed.source,
      pendingMax: PENDING_MAX,
      disableAfterMs: DISABLE_AFTER_MS,
      deliveryTimeoutMs: DELIVERY_TIMEOUT_MS,
      arePrivateAddressesAllowed: true,
    },
  );
  const askServices = async (): Promise<readonly AskedService[]> => {
    const inputs = await parts.askInputs();
    await notifier.lookAtTopic();
    return [...inputs, answerOf('notifier', notifier.report())];
  };
  const page = await startPage({ ...ports, askServices }, parts, options);
  return {
    consoleUrl: page.url,
    ask: async () => {
      await page.look();
      return [...(await askServices()), answerOf('console', page.report())];
    },
    stop: async () => {
      await notifier.stop();
      await subscribed.close();
      await page.stop();
    },
  };
}
