import type { TopicPartition } from '@strata/pipeline';
import type { MemoryLog } from './memory-log.ts';

/** What the group asks of a member. */
export interface MemoryMember {
  readonly topics: readonly string[];
  /** Voids what it owns and waits for its batches in hand. */
  revoke(): Promise<void>;
  assign(partitions: readonly TopicPartition[]): void;
}

/** Members of one group on one log. Every join and every leave stops all, then deals the partitions out anew. */
export class MemoryGroup {
  readonly #log: MemoryLog;
  readonly #members = new Set<MemoryMember>();
  #turn: Promise<void> = Promise.resolve();

  constructor(log: MemoryLog) {
    this.#log = log;
  }

  join(member: MemoryMember): Promise<void> {
    this.#members.add(member);
    return this.#rebalance();
  }

  async leave(member: MemoryMember): Promise<void> {
    if (this.#members.delete(member)) await this.#rebalance();
  }

  /** One at a time: a member never gets a second assignment while the first is still being dealt. */
  #rebalance(): Promise<void> {
    const turn = this.#turn.then(async () => {
      // A member that joins while others still finish gets its share in the turn that its own join has queued.
      const members = [...this.#members];
      await Promise.all(members.map((member) => member.revoke()));
      const present = members.filter((member) => this.#members.has(member));
      for (const [member, partitions] of this.#deal(present)) member.assign(partitions);
    });
    this.#turn = turn;
    return turn;
  }

  #deal(members: readonly MemoryMember[]): Map<MemoryMember, TopicPartition[]> {
    const shares = new Map(members.map((member) => [member, [] as TopicPartition[]]));
    const topics = new Set(members.flatMap((member) => member.topics));
    for (const topic of topics) {
      const takers = members.filter((member) => member.topics.includes(topic));
      for (let partition = 0; partition < this.#log.partitionCount(topic); partition += 1) {
        const taker = takers[partition % takers.length] as MemoryMember;
        shares.get(taker)?.push({ topic, partition });
      }
    }
    return shares;
  }
}

const groupsByLog = new WeakMap<MemoryLog, Map<string, MemoryGroup>>();

/** The group of that id on that log: readers meet in it. */
export function memoryGroup(log: MemoryLog, groupId: string): MemoryGroup {
  const groups = groupsByLog.get(log) ?? new Map<string, MemoryGroup>();
  groupsByLog.set(log, groups);
  const group = groups.get(groupId) ?? new MemoryGroup(log);
  groups.set(groupId, group);
  return group;
}
