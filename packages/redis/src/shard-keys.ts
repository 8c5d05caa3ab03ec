/** The five keys of a shard. The hash tag puts them on one node, so a failover takes them back together. */
export interface ShardKeys {
  /** Hash: owner, counter, next, position, begun, ended, f:<field>... */
  readonly meta: string;
  /** Hash: customer id -> state bytes. */
  readonly customers: string;
  /** Hash: page name -> page bytes, for the few customers whose state has more than its value holds. */
  readonly pages: string;
  /** Sorted set: customer id by due instant. */
  readonly due: string;
  /** Stream: the outbox, ids `<position>-0`. */
  readonly outbox: string;
}

/** Hash: name -> note. No part of the shard: no script takes it, and a shard that is built anew has none. */
export function notesKey(keyPrefix: string, partition: number): string {
  return `${keyPrefix}:{${partition}}:n`;
}

export function shardKeys(keyPrefix: string, partition: number): ShardKeys {
  const shard = `${keyPrefix}:{${partition}}`;
  return {
    meta: `${shard}:m`,
    customers: `${shard}:c`,
    pages: `${shard}:pg`,
    due: `${shard}:due`,
    outbox: `${shard}:out`,
  };
}

/** In the order in which scripts take them. */
export function keyList({ meta, customers, pages, due, outbox }: ShardKeys): readonly string[] {
  return [meta, customers, pages, due, outbox];
}
