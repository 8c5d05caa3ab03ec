import type { MemoryLog } from '@strata/memory';
import type { TopicPartition } from '@strata/pipeline';
import { tpKey } from '@strata/pipeline';
import type { Surroundings } from './sim-process.ts';

export interface Joined {
  readonly memberId: string;
  readonly generation: number;
  readonly partitions: readonly TopicPartition[];
}

interface Member {
  readonly id: string;
  readonly topics: readonly string[];
  seenAtMs: number;
  /** Number of its last commit of positions. */
  commits: number;
  /** Answers its join once the group is dealt out. */
  joining: ((joined: Joined) => void) | null;
}

export interface GroupTimes {
  readonly sessionMs: number;
  readonly rebalanceMs: number;
}

/**
 * The coordinator of one consumer group, at the broker: members join, beat and leave; who is silent for a session is
 * thrown out. Every change stops all, waits for everybody to join again, and deals the partitions out anew.
 */
export class SimGroup {
  readonly groupId: string;
  readonly #world: Surroundings;
  readonly #log: MemoryLog;
  readonly #times: GroupTimes;
  readonly #members = new Map<string, Member>();
  #generation = 0;
  #isPreparing = false;
  #joins = 0;

  constructor(groupId: string, world: Surroundings, parts: { log: MemoryLog; times: GroupTimes }) {
    this.groupId = groupId;
    this.#world = world;
    this.#log = parts.log;
    this.#times = parts.times;
  }

  get times(): GroupTimes {
    return this.#times;
  }

  join(memberId: string | null, topics: readonly string[]): Promise<Joined> {
    const known = memberId === null ? undefined : this.#members.get(memberId);
    this.#joins += 1;
    const id = known?.id ?? `${this.groupId} ${this.#joins}`;
    const { promise, resolve } = Promise.withResolvers<Joined>();
    const seenAtMs = this.#world.scheduler.nowMs;
    // Of two joins of one member, one of them late, both are answered: nobody knows which is waited for.
    const earlier = known?.joining ?? null;
    const joining = (joined: Joined): void => {
      earlier?.(joined);
      resolve(joined);
    };
    this.#members.set(id, { id, topics, seenAtMs, commits: 0, joining });
    if (known === undefined) this.#expireLater(id);
    this.#prepare();
    this.#completeIfAllJoined();
    return promise;
  }

  heartbeat(memberId: string, generation: number): 'stable' | 'rebalancing' | 'unknown' {
    const member = this.#members.get(memberId);
    if (member === undefined) return 'unknown';
    member.seenAtMs = this.#world.scheduler.nowMs;
    return this.#isPreparing || generation !== this.#generation ? 'rebalancing' : 'stable';
  }

  leave(memberId: string): void {
    if (!this.#members.delete(memberId)) return;
    this.#prepare();
    this.#completeIfAllJoined();
  }

  /** Only a member of the present generation may commit positions. Its own commits, by number, never overtake each other. */
  commit(
    by: { readonly memberId: string; readonly generation: number; readonly number: number },
    positions: ReadonlyMap<string, number>,
  ): void {
    const member = this.#members.get(by.memberId);
    if (member === undefined || by.generation !== this.#generation) {
      this.#world.tally.add('position commit refused');
      return;
    }
    if (by.number < member.commits) return;
    member.commits = by.number;
    const committed = this.#log.committed(this.groupId);
    for (const [key, next] of positions) committed.set(key, next);
  }

  #prepare(): void {
    if (this.#isPreparing) return;
    this.#isPreparing = true;
    const generation = this.#generation;
    this.#world.scheduler.plan(this.#times.rebalanceMs, `${this.groupId} waited`, () => {
      if (this.#isPreparing && generation === this.#generation) this.#complete();
    });
  }

  #completeIfAllJoined(): void {
    if ([...this.#members.values()].every(({ joining }) => joining !== null)) this.#complete();
  }

  #complete(): void {
    for (const { id, joining } of this.#members.values()) {
      if (joining === null) this.#members.delete(id);
    }
    this.#generation += 1;
    this.#isPreparing = false;
    this.#world.tally.add('rebalance');
    const shares = this.#deal();
    for (const member of this.#members.values()) {
      member.seenAtMs = this.#world.scheduler.nowMs;
      const partitions = shares.get(member.id) ?? [];
      member.joining?.({ memberId: member.id, generation: this.#generation, partitions });
      member.joining = null;
    }
  }

  /** Round by round, beginning with another member each time, so that partitions move. */
  #deal(): Map<string, TopicPartition[]> {
    const members = [...this.#members.values()];
    const shares = new Map(members.map(({ id }) => [id, [] as TopicPartition[]]));
    const shift = this.#world.random.below(Math.max(1, members.length));
    for (const topic of new Set(members.flatMap(({ topics }) => topics))) {
      const takers = members.filter((member) => member.topics.includes(topic));
      for (let partition = 0; partition < this.#log.partitionCount(topic); partition += 1) {
        const taker = takers[(partition + shift) % takers.length];
        if (taker !== undefined) shares.get(taker.id)?.push({ topic, partition });
      }
    }
    return shares;
  }

  #expireLater(id: string): void {
    this.#world.scheduler.plan(this.#times.sessionMs, `${this.groupId} looks`, () => {
      const member = this.#members.get(id);
      if (member === undefined) return;
      const silentMs = this.#world.scheduler.nowMs - member.seenAtMs;
      if (member.joining !== null || silentMs < this.#times.sessionMs) {
        return this.#expireLater(id);
      }
      this.#world.tally.add('session expired');
      this.leave(id);
    });
  }

  committed(at: TopicPartition): number | undefined {
    return this.#log.committed(this.groupId).get(tpKey(at));
  }
}
