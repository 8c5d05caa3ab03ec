import { logRecordToWire, TOPICS } from '@strata/contracts';
import type { AssignmentCause, BatchOutcome, RecordBatch, TopicPartition } from '@strata/pipeline';
import type { HealthReport } from '@strata/service-runtime';
import { Bell } from './bell.ts';
import { ClockSkew } from './clock-skew.ts';
import { reportHealth } from './health.ts';
import { LetterSweeper } from './letter-sweeper.ts';
import { LogAppender } from './log-appender.ts';
import { Ownership } from './ownership.ts';
import { figuresOf } from './partition-figures.ts';
import type { ScorerFigures } from './partition-metrics.ts';
import { PolicySweep } from './policy-sweep.ts';
import { PolicyWatch } from './policy-watch.ts';
import { isFatal } from './scorer-fault.ts';
import type { ScorerPorts } from './scorer-ports.ts';
import { DEFAULT_SCORER_SETTINGS, type ScorerSettings } from './scorer-settings.ts';
import { ShadowRounds } from './shadow-rounds.ts';
import type { Shard } from './shard.ts';
import { ShardWatch } from './shard-watch.ts';
import { Relay } from './steps/relay.ts';
import { Ticker } from './ticker.ts';
import { createTopology } from './topology.ts';

/** How long a partition that waits for its outbox goes without a heartbeat. */
const HEARTBEAT_MS = 500;

export interface RunningScorer {
  report(): HealthReport;
  /**
   * Asks the log where the owned partitions end, as no batch tells of a partition of which nothing comes. To be called
   * every few seconds; what was not seen for long is not known any more.
   */
  lookAtLog(): Promise<void>;
  /** Finishes the commit in hand and leaves the group. Unpublished outputs wait in the store for the next owner. */
  stop(): Promise<void>;
}

type BellName = 'relay' | 'drained' | 'ticker' | 'policy' | 'sweep' | 'shadow' | 'sweeper';

/** Starts a scorer over the given ports. The ports stay the caller's: it closes them after `stop`. */
export async function startScorer(
  ports: ScorerPorts,
  given: Partial<ScorerSettings> = {},
): Promise<RunningScorer> {
  const scorer = new Scorer(ports, { ...DEFAULT_SCORER_SETTINGS, ...given });
  await scorer.start();
  return scorer;
}

class Scorer implements RunningScorer {
  readonly #ports: ScorerPorts;
  readonly #settings: ScorerSettings;
  readonly #ownership: Ownership;
  readonly #appender: LogAppender;
  readonly #relay: Relay;
  readonly #ticker: Ticker;
  readonly #policyWatch: PolicyWatch;
  readonly #policySweep: PolicySweep;
  readonly #shadowRounds: ShadowRounds;
  readonly #shardWatch: ShardWatch;
  readonly #sweeper: LetterSweeper;
  readonly #score: ReturnType<typeof createTopology>;
  readonly #bells: Record<BellName, Bell>;
  /** Partitions that were lost while the log could not be written to. */
  readonly #asleep = new Set<number>();
  readonly #clockSkew = new ClockSkew();
  #isStopping = false;
  #hasFailed = false;
  #leaving: Promise<void> | null = null;

  constructor(ports: ScorerPorts, settings: ScorerSettings) {
    this.#ports = ports;
    this.#settings = settings;
    this.#bells = bellsOn(ports.alarm);
    this.#ownership = new Ownership(ports, settings);
    this.#appender = new LogAppender(ports.customerLogWriter, ports.serde(TOPICS.customerLog));
    const { logger } = ports;
    const shards = (): Shard[] => this.#ownership.shards();
    this.#relay = new Relay(ports, settings, {
      shards,
      bell: this.#bells.relay,
      logger,
      onDrained: () => this.#drained(),
      onFenced: (shard) => this.#fenced(shard),
      onFatal: (error) => this.#fail(error),
    });
    const appender = this.#appender;
    this.#ticker = new Ticker(ports, settings, {
      shards,
      bell: this.#bells.ticker,
      appender,
      logger,
    });
    this.#policyWatch = new PolicyWatch(ports, settings.policyPollMs, {
      shards,
      bell: this.#bells.policy,
      appender,
      logger,
    });
    this.#policySweep = new PolicySweep(ports, settings, {
      shards,
      bell: this.#bells.sweep,
      appender,
      logger,
    });
    this.#shadowRounds = new ShadowRounds(ports, settings.shadowPollMs, {
      shards,
      book: () => this.#policyWatch.book,
      bell: this.#bells.shadow,
      logger,
    });
    this.#sweeper = new LetterSweeper(ports, settings.letterPollMs, {
      shards,
      bell: this.#bells.sweeper,
      appender,
      logger,
    });
    this.#shardWatch = new ShardWatch(ports, {
      shards,
      relayTurns: () => this.#relay.turns,
      logger,
      onLost: (shard) => this.#fenced(shard),
      onHang: (error) => this.#fail(error),
      onLook: () => this.#wakeAgain(),
    });
    this.#score = createTopology(ports, settings, {
      backPressure: (shard, batch, depthMax) => this.#backPressure(shard, batch, depthMax),
      onCommitted: (shard) => this.#committed(shard),
      onFresh: (aheadMs) => this.#clockSkew.saw(aheadMs, ports.clock.nowMs()),
      isStopping: () => this.#isStopping,
    });
    ports.metrics.figures.show(() => this.#figures());
  }

  async start(): Promise<void> {
    const { groupId, groupCommitIntervalMs: commitIntervalMs } = this.#settings;
    this.#relay.start();
    this.#ticker.start();
    this.#policyWatch.start();
    this.#policySweep.start();
    this.#shadowRounds.start();
    this.#shardWatch.start();
    this.#sweeper.start();
    await this.#ports.group.start(
      { groupId, topics: [TOPICS.customerLog], commitIntervalMs },
      {
        onAssigned: (assigned, cause) => this.#assigned(assigned, cause),
        onBatch: (batch) => this.#batch(batch),
        onFatal: (error) => this.#fail(error),
      },
    );
  }

  report(): HealthReport {
    return reportHealth({
      hasFailed: this.#hasFailed,
      hasBeenAssigned: this.#ownership.hasBeenAssigned,
      shards: this.#ownership.shards(),
      halted: this.#ownership.halted,
      publishedSetId: this.#policyWatch.published?.set.id ?? null,
      nowMs: this.#ports.clock.nowMs(),
      logPartitions: this.#ownership.partitionCount,
      awaited: this.#ownership.awaited(),
    });
  }

  async lookAtLog(): Promise<void> {
    const bounds = await this.#ports.reader.bounds(TOPICS.customerLog);
    const nowMs = this.#ports.clock.nowMs();
    for (const shard of this.#ownership.shards()) {
      const end = bounds[shard.partition]?.end;
      if (end !== undefined) shard.sawLogEnd(end, nowMs);
    }
  }

  #figures(): ScorerFigures {
    const nowMs = this.#ports.clock.nowMs();
    const shards = this.#ownership.shards();
    const skewMs = this.#clockSkew.ms(nowMs);
    const ages = shards.map(({ end }) => end.ageMs(nowMs));
    return {
      logPartitions: this.#ownership.partitionCount,
      partitions: shards.map((shard) => figuresOf(shard, nowMs)),
      logLookAgeSeconds: ages.length === 0 ? null : Math.max(...ages) / 1_000,
      clockSkewSeconds: skewMs === null ? null : skewMs / 1_000,
    };
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#bells.drained.ring();
    await this.#settings.at('mid-shutdown');
    await this.#leave();
    const loops = [this.#ticker, this.#policyWatch, this.#policySweep, this.#sweeper];
    const others = [this.#relay, this.#shadowRounds, this.#shardWatch];
    await Promise.all([...loops, ...others].map((loop) => loop.stop()));
    this.#ownership.loseAll();
  }

  async #assigned(
    assigned: readonly TopicPartition[],
    cause: AssignmentCause,
  ): Promise<ReadonlyMap<string, number | null>> {
    // Nothing is taken away from its next owner by one that is about to leave.
    if (this.#isStopping || this.#hasFailed) return new Map();
    try {
      const starts = await this.#ownership.assign(assigned, cause);
      this.#ports.metrics.rebalances.inc({ cause });
      this.#ports.logger.info({ partitions: assigned.length, cause }, 'Took partitions');
      this.#tellHalted(assigned);
      for (const { partition } of assigned) this.#tellRebuild(this.#ownership.shard(partition));
      for (const bell of Object.values(this.#bells)) bell.ring();
      return starts;
    } catch (error) {
      throw this.#judged(error, 'Taking partitions failed');
    }
  }

  async #batch(batch: RecordBatch): Promise<BatchOutcome> {
    const shard = this.#ownership.shard(batch.partition);
    if (shard === null || this.#hasFailed) return 'reacquire';
    try {
      const outcome = await shard.inTurn(() => this.#score(shard, batch));
      if (outcome === 'reacquire') this.#ownership.lose(shard);
      return outcome;
    } catch (error) {
      // What the store holds of this partition is unknown now: nothing that was remembered may be used again.
      this.#ownership.lose(shard);
      if (isFatal(error) && (await this.#isOvertaken(shard))) return 'reacquire';
      throw this.#judged(error, 'A batch failed');
    }
  }

  /**
   * Reading is not fenced: who was overtaken may have read customers of a later state than its own, and then no fault
   * of the fold, or of what was read, says anything.
   */
  async #isOvertaken({ partition, owner, next }: Shard): Promise<boolean> {
    const holder = await this.#ports.store.holder(partition);
    const isOvertaken = holder.owner !== owner || holder.next !== next;
    if (isOvertaken)
      this.#ports.logger.warn({ partition }, 'A partition was lost while it was read');
    return isOvertaken;
  }

  /** An alarm in three places: the log, the metric, and the reasons of `report`. */
  #tellHalted(assigned: readonly TopicPartition[]): void {
    const { logger, metrics } = this.#ports;
    metrics.halted.reset();
    for (const [partition, { code, message }] of this.#ownership.halted) {
      metrics.halted.set({ partition: String(partition), code }, 1);
      if (assigned.every((it) => it.partition !== partition)) continue;
      logger.error({ code, partition, error: message }, 'A partition is halted');
    }
  }

  #judged(error: unknown, message: string): unknown {
    if (isFatal(error)) this.#fail(error);
    else {
      const sentence = error instanceof Error ? error.message : String(error);
      this.#ports.logger.warn({ error: sentence }, message);
    }
    return error;
  }

  #fail(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#ownership.loseAll();
    this.#ports.onFatal(error);
    // Not waited for: the batch that has failed may be the one that leaving waits for.
    this.#leave().catch((fault: unknown) => this.#judged(fault, 'Leaving the group failed'));
  }

  #leave(): Promise<void> {
    this.#leaving ??= this.#ports.group.stop();
    return this.#leaving;
  }

  async #backPressure(shard: Shard, batch: RecordBatch, depthMax: number): Promise<void> {
    const isOver = (): boolean => this.#isStopping || shard.isLost || !batch.isOwned();
    while (shard.outboxDepth > depthMax && !isOver()) {
      this.#bells.relay.ring();
      await this.#bells.drained.wait(HEARTBEAT_MS);
      await batch.heartbeat();
    }
  }

  #committed(shard: Shard): void {
    if (shard.outboxDepth > 0) this.#bells.relay.ring();
    this.#bells.ticker.ring();
    this.#bells.sweep.ring();
    if (shard.activeSet === null) this.#bells.policy.ring();
    if (this.#sweeper.isBehind(shard)) this.#bells.sweeper.ring();
  }

  #tellRebuild(shard: Shard | null): void {
    if (shard === null) return;
    const { partition, rebuilding } = shard;
    if (shard.wasPart) {
      this.#ports.metrics.shardsEmptied.inc();
      this.#ports.logger.warn(
        { partition },
        'Redis had executed a part of a commit, as it does after its append-only file was cut: the state was emptied',
      );
    }
    if (rebuilding === null || shard.rebuildLeft === 0) return;
    this.#ports.metrics.rebuildBegan.set(this.#ports.clock.nowMs() / 1_000);
    this.#ports.logger.warn(
      { partition, from: rebuilding.from, to: rebuilding.to },
      'The state was lost or went back: it is folded again from the log, and nothing is published twice',
    );
  }

  #drained(): void {
    this.#bells.drained.ring();
    this.#bells.sweep.ring();
  }

  /**
   * The store no longer knows us as the owner, or has lost commits of ours, while the group still gives us the
   * partition (a zombie that woke up and left, a store that went back in time). Only a batch can ask for it again, and
   * a silent partition has none: a tick that names nobody brings one.
   */
  #fenced(shard: Shard): void {
    this.#ownership.lose(shard);
    const { partition } = shard;
    this.#ports.logger.warn({ partition }, 'The store has another owner or offset for a partition');
    void this.#wake(partition);
  }

  async #wake(partition: number): Promise<void> {
    const wire = logRecordToWire({ kind: 'tick', customerIds: [] });
    try {
      await this.#appender.append([{ partition, wire }]);
      this.#asleep.delete(partition);
    } catch (error) {
      // Nobody else would ever try again where nobody writes.
      this.#asleep.add(partition);
      this.#judged(error, 'A fenced partition could not be woken yet');
    }
  }

  async #wakeAgain(): Promise<void> {
    for (const partition of this.#asleep) {
      if (this.#ownership.shard(partition) === null) await this.#wake(partition);
      else this.#asleep.delete(partition);
    }
  }
}

function bellsOn(alarm: ScorerPorts['alarm']): Record<BellName, Bell> {
  const bell = (): Bell => new Bell(alarm);
  return {
    relay: bell(),
    drained: bell(),
    ticker: bell(),
    policy: bell(),
    sweep: bell(),
    shadow: bell(),
    sweeper: bell(),
  };
}
