import { randomUUID } from 'node:crypto';
import {
  type AcquiredShard,
  type Amendment,
  assert,
  assertSoundCommit,
  type BesideStore,
  COMMIT_OUTCOMES,
  type CommitOutcome,
  type OutboxEntry,
  type PartitionCommit,
  type PartitionLook,
  type PartitionShard,
  type ShardHolder,
  type StateNotes,
  type StateStore,
  type StateWalk,
  StrataError,
  type Walked,
  type WalkStep,
} from '@strata/pipeline';
import type { ChainableCommander, Redis } from 'ioredis';
import { commitArguments } from './commit-arguments.ts';
import { outboxEntry, pairs, toBuffer } from './outbox-codec.ts';
import { openRedis, type RedisConnectionSettings } from './redis-connection.ts';
import { isReply, toRedisFault } from './redis-fault.ts';
import { keyList, notesKey, type ShardKeys, shardKeys } from './shard-keys.ts';
import { type ScriptArgument, type ShardScripts, shardScripts } from './shard-scripts.ts';

export interface RedisStateStoreSettings extends RedisConnectionSettings {
  /** First part of every key; another one is another store, as a rebuild beside the live state needs. */
  readonly keyPrefix?: string;
}

interface StoreParts {
  readonly redis: Redis;
  readonly scripts: ShardScripts;
  readonly keyPrefix: string;
}

const FIELD = 'f:';
/** Hint for HSCAN: small enough that one step stays far below a millisecond of Redis time. */
const SCAN_COUNT = 1_000;
const PAGES_PER_READ = 1_000;

/**
 * Customer state on Redis: one shard per partition of the customer log, written by one script per commit.
 *
 * A lost reply is settled here: the same table that the script uses is applied to what Redis then holds. A commit that
 * throws was either not applied or its outcome could not be read; the caller may send the *same* commit again (a late
 * arrival of the first makes the second `already`) or acquire anew, and must not send another one in between.
 */
export class RedisStateStore implements StateStore, StateWalk, StateNotes {
  readonly #redis: Redis;
  readonly #scripts: ShardScripts;
  readonly #keyPrefix: string;

  protected constructor({ redis, scripts, keyPrefix }: StoreParts) {
    this.#redis = redis;
    this.#scripts = scripts;
    this.#keyPrefix = keyPrefix;
  }

  static async connect(settings: RedisStateStoreSettings): Promise<RedisStateStore> {
    const redis = await openRedis(settings);
    const keyPrefix = settings.keyPrefix ?? 'strata';
    return new RedisStateStore({ redis, scripts: shardScripts(redis), keyPrefix });
  }

  async acquire(partition: number): Promise<AcquiredShard> {
    const reply = await during(`acquiring partition ${partition}`, () =>
      this.#scripts.acquire([...keyList(this.#keys(partition)), randomUUID()]),
    );
    const shard = partitionShard(reply);
    assert(shard.owner !== null, 'an acquired partition has an owner');
    return { ...shard, owner: shard.owner, wasPart: (reply as unknown[]).at(-1) === 1 };
  }

  async inspect(partition: number): Promise<PartitionShard> {
    const { meta, customers, outbox } = this.#keys(partition);
    const reply = await during(`inspecting partition ${partition}`, () =>
      this.#scripts.inspect([meta, customers, outbox]),
    );
    return partitionShard(reply);
  }

  async holder(partition: number): Promise<ShardHolder> {
    const [owner, next, begun, ended] = await during(
      `asking who holds partition ${partition}`,
      () => this.#redis.hmget(this.#keys(partition).meta, 'owner', 'next', 'begun', 'ended'),
    );
    // Nobody holds what is not whole: who thinks so has to take it anew.
    return { owner: begun === ended ? (owner ?? null) : null, next: Number(next ?? 0) };
  }

  async load(
    partition: number,
    customerIds: readonly string[],
  ): Promise<readonly (Uint8Array | null)[]> {
    if (customerIds.length === 0) return [];
    return during(`loading customers of partition ${partition}`, () =>
      this.#redis.hmgetBuffer(this.#keys(partition).customers, ...customerIds),
    );
  }

  async loadPages(
    partition: number,
    names: readonly string[],
  ): Promise<readonly (Uint8Array | null)[]> {
    const found: (Uint8Array | null)[] = [];
    // In runs, so that a customer of very many pages does not hold up Redis for all the others.
    for (let from = 0; from < names.length; from += PAGES_PER_READ) {
      const run = names.slice(from, from + PAGES_PER_READ);
      const pages = await during(`loading pages of partition ${partition}`, () =>
        this.#redis.hmgetBuffer(this.#keys(partition).pages, ...run),
      );
      found.push(...pages);
    }
    return found;
  }

  async commit(commit: PartitionCommit): Promise<CommitOutcome> {
    assertSoundCommit(commit);
    const doing = `committing partition ${commit.partition} at offset ${commit.next}`;
    const keys = this.#keys(commit.partition);
    let reply: string;
    try {
      reply = String(await this.#scripts.commit(commitArguments(keys, commit)));
    } catch (error) {
      // An error that Redis itself sent comes before the first write, so nothing was written.
      if (isReply(error)) throw toRedisFault(error, doing);
      return this.#settleUnknownCommit(commit, error);
    }
    const outcome = COMMIT_OUTCOMES.find((known) => known === reply);
    assert(
      outcome !== undefined,
      `outbox of partition ${commit.partition} goes on at ${commit.outbox[0]?.position} after ${reply}`,
    );
    return outcome;
  }

  /** The read goes over the same connection, hence behind whatever of the commit is still to be sent again. */
  async #settleUnknownCommit(commit: PartitionCommit, cause: unknown): Promise<CommitOutcome> {
    const place = `partition ${commit.partition} at offset ${commit.next}`;
    const [owner, next, begun, ended] = await this.#redis
      .hmget(this.#keys(commit.partition).meta, 'owner', 'next', 'begun', 'ended')
      .catch((error: unknown) => {
        throw new StrataError(
          'STRATA_REDIS_OUTCOME_UNKNOWN',
          `The commit of ${place} got no answer and Redis cannot be asked. Send it again or acquire anew.`,
          { isRetryable: true, cause: error },
        );
      });
    if (owner !== commit.owner) return 'fenced';
    const stored = Number(next ?? 0);
    if (begun !== ended) return 'offset';
    if (stored === commit.next) return 'ok';
    if (stored !== commit.expectedNext) return 'offset';
    throw new StrataError(
      'STRATA_REDIS_NOT_APPLIED',
      `The commit of ${place} was not applied. Send it again or acquire anew.`,
      { isRetryable: true, cause },
    );
  }

  async dueCustomers(query: {
    partition: number;
    upToMs: number;
    limit: number;
  }): Promise<readonly string[]> {
    const { partition, upToMs, limit } = query;
    return during(`reading who is due in partition ${partition}`, () =>
      this.#redis.zrange(
        this.#keys(partition).due,
        '-inf',
        `${upToMs}`,
        'BYSCORE',
        'LIMIT',
        0,
        limit,
      ),
    );
  }

  async earliestDue(partition: number): Promise<number | null> {
    const first = await during(`reading the earliest due of partition ${partition}`, () =>
      this.#redis.zrange(this.#keys(partition).due, 0, '0', 'WITHSCORES'),
    );
    // RESP3 nests member and score, RESP2 does not; both end with the score.
    const score = (first as readonly unknown[]).flat().at(-1);
    return score === undefined ? null : Number(score);
  }

  async outbox(query: {
    partition: number;
    afterPosition: number;
    limit: number;
  }): Promise<readonly OutboxEntry[]> {
    const { partition, afterPosition, limit } = query;
    const { outbox } = this.#keys(partition);
    const items = await during(`reading the outbox of partition ${partition}`, () =>
      this.#redis.xrangeBuffer(outbox, `${afterPosition + 1}-0`, '+', 'COUNT', limit),
    );
    return items.map(outboxEntry);
  }

  async trimOutbox(trim: {
    partition: number;
    owner: string;
    upToPosition: number;
  }): Promise<boolean> {
    const { meta, outbox } = this.#keys(trim.partition);
    const reply = await during(`trimming the outbox of partition ${trim.partition}`, () =>
      this.#scripts.trimOutbox([meta, outbox, trim.owner, `${trim.upToPosition + 1}-0`]),
    );
    return reply === 1;
  }

  async *scan(
    partition: number,
  ): AsyncGenerator<readonly (readonly [customerId: string, bytes: Uint8Array])[]> {
    // HSCAN may give a field twice while the hash is resized. A reader that adds up must not count it twice.
    const seen = new Set<string>();
    let cursor = '0';
    do {
      const [next, flat]: [Buffer, Buffer[]] = await during(`scanning partition ${partition}`, () =>
        this.#redis.hscanBuffer(this.#keys(partition).customers, cursor, 'COUNT', SCAN_COUNT),
      );
      cursor = next.toString();
      const fresh = [...pairs(flat)].filter(([customerId]) => !seen.has(customerId));
      for (const [customerId] of fresh) seen.add(customerId);
      if (fresh.length > 0) yield fresh;
    } while (cursor !== '0');
  }

  /**
   * One step of HSCAN, whose cursors mean something only to the process that gave them: with another start of Redis its
   * tables have another order. So a place names that process, and both are asked in one transaction.
   */
  async walk({ partition, place, count }: WalkStep): Promise<Walked | null> {
    const [life = null, cursor = '0'] = place?.split(' ') ?? [];
    const [info, scanned] = await atOnce(
      `walking partition ${partition}`,
      this.#redis
        .multi()
        .info('server')
        .hscanBuffer(this.#keys(partition).customers, cursor, 'COUNT', count),
    );
    const now = /^run_id:(\w+)/m.exec(String(info))?.[1] ?? '';
    if (life !== null && life !== now) return null;
    const [next, flat] = scanned as [Buffer, Buffer[]];
    const after = next.toString();
    return { entries: [...pairs(flat)], next: after === '0' ? null : `${now} ${after}` };
  }

  async writeNote(partition: number, name: string, value: Uint8Array): Promise<void> {
    await during(`writing a note of partition ${partition}`, () =>
      this.#redis.hset(notesKey(this.#keyPrefix, partition), name, toBuffer(value)),
    );
  }

  readNote(partition: number, name: string): Promise<Uint8Array | null> {
    return during(`reading a note of partition ${partition}`, () =>
      this.#redis.hgetBuffer(notesKey(this.#keyPrefix, partition), name),
    );
  }

  async look(partition: number, customerIds: readonly string[]): Promise<PartitionLook> {
    const { meta, customers, outbox } = this.#keys(partition);
    const asked = this.#redis.multi().hgetallBuffer(meta).xlen(outbox).hlen(customers);
    // A command without a field is none.
    if (customerIds.length > 0) asked.hmgetBuffer(customers, ...customerIds);
    const [fields, depth, count, values] = await atOnce(`looking at partition ${partition}`, asked);
    const flat = Object.entries(fields as Record<string, Buffer>).flatMap(([name, bytes]) => [
      Buffer.from(name),
      bytes,
    ]);
    const { begun, ended } = fields as Record<string, Buffer>;
    return {
      ...partitionShard([flat, depth, count]),
      isWhole: begun?.toString() === ended?.toString(),
      values: (values ?? []) as readonly (Buffer | null)[],
    };
  }

  async amend(amendment: Amendment): Promise<boolean> {
    const { partition, next, customerId, value, pages, dueAtMs } = amendment;
    const { meta, customers, pages: pagesKey, due } = this.#keys(partition);
    const written: ScriptArgument[] = [];
    const removed: ScriptArgument[] = [];
    for (const [name, bytes] of pages) {
      if (bytes === null) removed.push(name);
      else written.push(name, toBuffer(bytes));
    }
    const stored = value === null ? [0, ''] : [1, toBuffer(value)];
    const list = [written.length, ...written, ...removed];
    const customer = [customerId, ...stored, dueAtMs ?? ''];
    const reply = await during(`replacing a customer of partition ${partition}`, () =>
      this.#scripts.amend([
        meta,
        customers,
        pagesKey,
        due,
        next,
        randomUUID(),
        ...customer,
        ...list,
      ]),
    );
    return reply === 1;
  }

  beside(name: string): BesideStore {
    const parts = { redis: this.#redis, scripts: this.#scripts, keyPrefix: this.#keyPrefix };
    return new RedisBesideStore(parts, name);
  }

  async close(): Promise<void> {
    // QUIT lets replies in flight arrive; a connection that is down cannot be asked, only dropped.
    if (this.#redis.status === 'ready') await this.#redis.quit().catch(() => undefined);
    this.#redis.disconnect();
  }

  #keys(partition: number): ShardKeys {
    return shardKeys(this.#keyPrefix, partition);
  }
}

/** Under a prefix of its own, and so with the same hash tags: one script reaches both shards of a partition. */
class RedisBesideStore extends RedisStateStore implements BesideStore {
  readonly #parts: StoreParts;
  readonly #livePrefix: string;

  constructor(live: StoreParts, name: string) {
    const parts = { ...live, keyPrefix: `${live.keyPrefix}-${name}` };
    super(parts);
    this.#parts = parts;
    this.#livePrefix = live.keyPrefix;
  }

  async adopt(partition: number, owner: string, liveOwner?: string): Promise<boolean> {
    const keys = [this.#livePrefix, this.#parts.keyPrefix].flatMap((prefix) =>
      keyList(shardKeys(prefix, partition)),
    );
    const reply = await during(`adopting partition ${partition}`, () =>
      this.#parts.scripts.adopt([...keys, owner, randomUUID(), liveOwner ?? '']),
    );
    return reply === 1;
  }

  async discard(partition: number): Promise<void> {
    const keys = keyList(shardKeys(this.#parts.keyPrefix, partition));
    await during(`discarding partition ${partition}`, () => this.#parts.redis.unlink([...keys]));
  }

  override async close(): Promise<void> {}
}

async function during<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toRedisFault(error, doing);
  }
}

/** The replies of a transaction. */
async function atOnce(doing: string, transaction: ChainableCommander): Promise<unknown[]> {
  const replies = await during(doing, () => transaction.exec());
  return (replies ?? []).map(([error, reply]) => {
    if (error !== null) throw toRedisFault(error, doing);
    return reply;
  });
}

/** Reply of acquire.lua and inspect.lua. */
function partitionShard(reply: unknown): PartitionShard {
  const [meta, outboxDepth, customerCount] = reply as [Buffer[], number, number];
  const fields: Record<string, Uint8Array> = {};
  let owner: string | null = null;
  let next = 0;
  for (const [name, bytes] of pairs(meta)) {
    if (name === 'owner') owner = bytes.toString();
    else if (name === 'next') next = Number(bytes.toString());
    else if (name.startsWith(FIELD)) fields[name.slice(FIELD.length)] = bytes;
  }
  return { owner, next, fields, outboxDepth, customerCount };
}
