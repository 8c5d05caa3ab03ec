import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';

/** Where a text lies in what a stack keeps and says: in plain letters, in base64 or in hex. */
export class MarkerSearch {
  readonly found: string[] = [];
  /** Places that were looked at, so that nothing was missed for being empty. */
  readonly looked = new Map<string, number>();
  readonly #forms: readonly Buffer[];

  constructor(marker: string) {
    const plain = Buffer.from(marker);
    // In base64 a text looks otherwise at each of three places; what its neighbours touch is cut off.
    const inBase64 = [0, 1, 2].map((shift) => {
      const padded = Buffer.concat([Buffer.alloc(shift), plain]).toString('base64');
      return Buffer.from(padded.replaceAll('=', '').slice(shift === 0 ? 0 : shift + 1, -1));
    });
    this.#forms = [plain, ...inBase64, Buffer.from(plain.toString('hex'))];
  }

  look(place: string, bytes: Uint8Array | string | null | undefined): void {
    if (bytes === null || bytes === undefined) return;
    this.looked.set(place, (this.looked.get(place) ?? 0) + 1);
    const buffer = Buffer.from(bytes as Uint8Array);
    if (this.#forms.some((form) => buffer.includes(form))) this.found.push(place);
  }
}

/** Every key and every value of a Redis. */
export async function lookAtRedis(search: MarkerSearch, url: string, place: string): Promise<void> {
  const redis = new Redis(url);
  try {
    for await (const keys of redis.scanBufferStream({ count: 1_000 })) {
      for (const key of keys as Buffer[]) {
        search.look(`${place}: key`, key);
        for (const value of await valuesOf(redis, key)) search.look(`${place}: value`, value);
      }
    }
  } finally {
    redis.disconnect();
  }
}

async function valuesOf(redis: Redis, key: Buffer): Promise<readonly Buffer[]> {
  const type = await redis.type(key);
  switch (type) {
    case 'string':
      return [(await redis.getBuffer(key)) ?? Buffer.alloc(0)];
    case 'hash': {
      const whole = await redis.callBuffer('HGETALL', key);
      return (whole as Buffer[][]).flat();
    }
    case 'list':
      return redis.lrangeBuffer(key, 0, -1);
    case 'set':
      return redis.smembersBuffer(key);
    case 'zset':
      return redis.zrangeBuffer(key, '0', '-1');
    case 'stream': {
      const entries = (await redis.callBuffer('XRANGE', key, '-', '+')) as [Buffer, Buffer[]][];
      return entries.flatMap(([id, fields]) => [id, ...fields]);
    }
    case 'none':
      return [];
    default:
      throw new Error(`nobody looks into a ${type}`);
  }
}

export interface PlainRecord {
  readonly topic: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer>>;
}

/** All records of all topics of ours, as any reader gets them. */
export async function recordsOfAll(brokers: readonly string[]): Promise<readonly PlainRecord[]> {
  const kafka = new Kafka({
    clientId: 'marker-search',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((name) => name.startsWith('strata.'));
  const left = new Map<string, number>();
  for (const topic of topics) {
    for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
      if (Number(high) > 0) left.set(`${topic} ${partition}`, Number(high));
    }
  }
  await admin.disconnect();
  const records: PlainRecord[] = [];
  const consumer = kafka.consumer({ groupId: `marker-search-${process.pid}` });
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  const { promise, resolve } = Promise.withResolvers<void>();
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ topic, partition, message }) => {
      const { key, value, headers = {}, offset } = message;
      const plain = Object.entries(headers).map(([name, it]) => [name, Buffer.from(String(it))]);
      records.push({ topic, key, value, headers: Object.fromEntries(plain) });
      const place = `${topic} ${partition}`;
      if (Number(offset) + 1 >= (left.get(place) ?? 0)) left.delete(place);
      if (left.size === 0) resolve();
    },
  });
  if (left.size > 0) await promise;
  await consumer.disconnect();
  return records;
}

/** All that the processes of a stack have written of themselves. */
export async function lookAtLogs(search: MarkerSearch, folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    search.look(`log of ${name}`, await readFile(join(folder, name)));
  }
}
