import avro from 'avsc';
import { Kafka, logLevel } from 'kafkajs';

/** A tier change as somebody outside the project reads it: with plain kafkajs, and the schema that the bytes name. */
export interface ForeignChange {
  readonly customerId: string;
  readonly customerSeq: number;
  readonly type: string;
  readonly fromTier: string | null;
  readonly toTier: string;
  readonly cause: string;
  readonly policyVersion: number;
  readonly effectiveAt: number;
}

export interface ForeignRead {
  /** After the reader's one rule: drop what is not above the last (epoch, seq) of its partition. */
  readonly changes: readonly ForeignChange[];
  readonly raw: number;
  readonly repeats: number;
  readonly gaps: number;
}

const TOPIC = 'strata.tier-changes.v1';

/** Reads the whole topic of tier changes. */
export async function readTierChanges(at: {
  readonly brokers: readonly string[];
  readonly registryUrl: string;
}): Promise<ForeignRead> {
  const kafka = new Kafka({
    clientId: 'somebody-else',
    brokers: [...at.brokers],
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(TOPIC);
  await admin.disconnect();
  const missing = new Map(
    ends.filter(({ high }) => high !== '0').map((it) => [it.partition, Number(it.high)]),
  );
  const types = new Map<number, avro.Type>();
  const last = new Map<number, readonly [epoch: number, seq: number]>();
  const changes: ForeignChange[] = [];
  const counts = { raw: 0, repeats: 0, gaps: 0 };
  const consumer = kafka.consumer({ groupId: `somebody-else-${process.pid}-${Date.now()}` });
  await consumer.connect();
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      try {
        for (const { value, headers, offset } of batch.messages) {
          counts.raw++;
          if (Number(offset) + 1 >= (missing.get(batch.partition) ?? 0)) {
            missing.delete(batch.partition);
          }
          const [epoch = 0, seq = 0] = String(headers?.['strata-seq']).split('.').map(Number);
          const [lastEpoch, lastSeq] = last.get(batch.partition) ?? [0, 0];
          if (epoch < lastEpoch || (epoch === lastEpoch && seq <= lastSeq)) {
            counts.repeats++;
            continue;
          }
          if (seq !== lastSeq + 1) counts.gaps++;
          last.set(batch.partition, [epoch, seq]);
          if (value === null) throw new Error('a tier change has no value');
          const id = value.readUInt32BE(1);
          const type = types.get(id) ?? (await typeOf(at.registryUrl, id));
          types.set(id, type);
          changes.push(changeIn(value, type));
        }
        if (missing.size === 0) resolve();
      } catch (fault) {
        reject(fault);
      }
    },
  });
  if (missing.size > 0) await promise;
  await consumer.disconnect();
  return { changes, ...counts };
}

/** A framed value, by the schema that it names. */
export function changeIn(value: Buffer, type: avro.Type): ForeignChange {
  const { cause, ...rest } = type.fromBuffer(value.subarray(5)) as ForeignChange & {
    cause: { kind: string };
  };
  return { ...rest, cause: cause.kind };
}

export async function typeOf(registryUrl: string, id: number): Promise<avro.Type> {
  const answer = await fetch(`${registryUrl}/schemas/ids/${id}`);
  const { schema } = (await answer.json()) as { schema: string };
  return avro.Type.forSchema(JSON.parse(schema) as avro.Schema);
}
