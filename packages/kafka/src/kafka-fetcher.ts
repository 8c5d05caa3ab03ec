import { setTimeout as delay } from 'node:timers/promises';
import type { LogBounds, Logger, TopicPartition } from '@strata/pipeline';
import { offsetOutOfRange, topicUnknown, tpKey } from '@strata/pipeline';
import kafkajs from 'kafkajs';
import type { KafkaBroker } from 'kafkajs/src/cluster/index.js';
import Cluster from 'kafkajs/src/cluster/index.js';
import socketFactory from 'kafkajs/src/network/socketFactory.js';
import protocolErrors from 'kafkajs/src/protocol/error.js';
import fetchRequest from 'kafkajs/src/protocol/requests/fetch/v11/request.js';
import type { FetchedPartition, FetchResponse } from './fetch-response.ts';
import { decodeFetchResponse } from './fetch-response.ts';
import type { KafkaSettings } from './kafka-connection.ts';
import { clientConfig } from './kafka-connection.ts';
import { isPassing, readFault } from './kafka-fault.ts';

const TRIES_MAX = 6;
const BACK_OFF_MS_MIN = 100;
const BACK_OFF_MS_MAX = 3_000;
const FETCH_WAIT_MS = 500;
const RESPONSE_BYTES_MAX = 64 * 1_048_576;
const METADATA_AGE_MS_MAX = 60_000;
const READ_COMMITTED = 1;
const OFFSET_OUT_OF_RANGE = 1;

type FetchPlace = TopicPartition & { readonly offset: number };

/** Requests to brokers outside any group, each tried again while the cluster moves. */
export class KafkaFetcher {
  readonly #cluster: Cluster;
  #connected: Promise<void> | undefined;

  constructor(settings: KafkaSettings, logger: Logger) {
    const config = clientConfig(settings, logger);
    this.#cluster = new Cluster({
      ...config,
      // The public client is built from the same options and carries the logger that kafkajs wants.
      logger: new kafkajs.Kafka(config).logger(),
      socketFactory: socketFactory(),
      metadataMaxAge: METADATA_AGE_MS_MAX,
      allowAutoTopicCreation: false,
      maxInFlightRequests: null,
      enforceRequestTimeout: true,
      isolationLevel: READ_COMMITTED,
      retry: { retries: 3, initialRetryTime: BACK_OFF_MS_MIN, maxRetryTime: 1_000 },
    });
  }

  /** Partition numbers of a topic, in order. */
  async partitions(topic: string): Promise<number[]> {
    return this.#tried(topic, 'look up', async () => this.#known(topic));
  }

  async bounds(topic: string): Promise<LogBounds[]> {
    return this.#tried(topic, 'find the bounds of', async () => {
      const partitions = (await this.#known(topic)).map((partition) => ({ partition }));
      const [starts, ends] = await Promise.all(
        [true, false].map((fromBeginning) =>
          this.#cluster.fetchTopicsOffset([{ topic, partitions, fromBeginning }]),
        ),
      );
      const offsets = (found: typeof starts) =>
        new Map(found?.[0]?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
      const [startOf, endOf] = [offsets(starts), offsets(ends)];
      return partitions.map(({ partition }) => ({
        start: startOf.get(partition) ?? 0,
        end: endOf.get(partition) ?? 0,
      }));
    });
  }

  /** Fetches every place, one request to each leader. Answers in the order of the places. */
  async fetch(places: readonly FetchPlace[], bytesEach: number): Promise<FetchedPartition[]> {
    const [first] = places;
    if (first === undefined) return [];
    return this.#tried(first.topic, 'read', async () => {
      const byLeader = new Map<number, FetchPlace[]>();
      for (const place of places) {
        const leader = await this.#leader(place);
        byLeader.set(leader, [...(byLeader.get(leader) ?? []), place]);
      }
      const answers = await Promise.all(
        [...byLeader].map(([leader, theirs]) => this.#exchange(leader, theirs, bytesEach)),
      );
      const found = new Map(answers.flat().map((answer) => [tpKey(answer), answer]));
      return Promise.all(places.map((place) => this.#checked(place, found.get(tpKey(place)))));
    });
  }

  /** Commits as a consumer does that is in no group (KIP-211: generation -1, no member). */
  async commit(
    groupId: string,
    offsets: readonly (TopicPartition & { readonly offset: number })[],
  ): Promise<void> {
    const byTopic = Map.groupBy(offsets, ({ topic }) => topic);
    await this.#tried([...byTopic.keys()].join(', '), 'keep positions of', async () => {
      for (const topic of byTopic.keys()) await this.#known(topic);
      const coordinator = await this.#cluster.findGroupCoordinator({ groupId });
      await coordinator.offsetCommit({
        groupId,
        groupGenerationId: -1,
        memberId: '',
        topics: [...byTopic].map(([topic, places]) => ({
          topic,
          partitions: places.map(({ partition, offset }) => ({
            partition,
            offset: String(offset),
          })),
        })),
      });
    });
  }

  async committed(groupId: string, topics: readonly string[]): Promise<Map<string, number>> {
    return this.#tried(topics.join(', '), 'find the positions of a group on', async () => {
      const asked = [];
      for (const topic of topics) {
        const partitions = (await this.#known(topic)).map((partition) => ({ partition }));
        asked.push({ topic, partitions });
      }
      const coordinator = await this.#cluster.findGroupCoordinator({ groupId });
      const { responses } = await coordinator.offsetFetch({ groupId, topics: asked });
      const positions = responses.flatMap(({ topic, partitions }) =>
        partitions.map(
          ({ partition, offset }) => [tpKey({ topic, partition }), Number(offset)] as const,
        ),
      );
      // A negative offset says that the group has none.
      return new Map(positions.filter(([, offset]) => offset >= 0));
    });
  }

  async close(): Promise<void> {
    const connected = this.#connected;
    this.#connected = undefined;
    if (connected === undefined) return;
    await connected.catch(() => undefined);
    await this.#cluster.disconnect();
  }

  async #exchange(
    leader: number,
    places: readonly FetchPlace[],
    maxBytes: number,
  ): Promise<FetchedPartition[]> {
    const broker = await this.#cluster.findBroker({ nodeId: leader });
    const topics = [...new Set(places.map(({ topic }) => topic))].map((topic) => ({
      topic,
      partitions: places
        .filter((place) => place.topic === topic)
        .map(({ partition, offset }) => ({ partition, fetchOffset: String(offset), maxBytes })),
    }));
    const request = fetchRequest({
      replicaId: -1,
      isolationLevel: READ_COMMITTED,
      maxWaitTime: FETCH_WAIT_MS,
      minBytes: 1,
      maxBytes: RESPONSE_BYTES_MAX,
      topics,
    });
    const { errorCode, partitions } = await this.#send(broker, request);
    if (errorCode !== 0) throw protocolErrors.createErrorFromCode(errorCode);
    return partitions;
  }

  async #send(broker: KafkaBroker, request: unknown): Promise<FetchResponse> {
    const parse = async (decoded: FetchResponse) => decoded;
    const response = { decode: decodeFetchResponse, parse };
    try {
      return await broker.connectionPool.send({ request, response });
    } catch (error) {
      // A broker object that keeps a closed connection would fail for ever.
      if ((error as Error).name.startsWith('KafkaJSConnection')) await broker.disconnect();
      throw error;
    }
  }

  async #checked(
    place: FetchPlace,
    answer: FetchedPartition | undefined,
  ): Promise<FetchedPartition> {
    if (answer === undefined) throw topicUnknown(place.topic, place.partition);
    if (answer.errorCode === OFFSET_OUT_OF_RANGE) {
      const bounds = (await this.bounds(place.topic))[place.partition];
      throw offsetOutOfRange(place, bounds ?? { start: 0, end: 0 });
    }
    if (answer.errorCode !== 0) throw protocolErrors.createErrorFromCode(answer.errorCode);
    return answer;
  }

  async #leader({ topic, partition }: TopicPartition): Promise<number> {
    await this.#known(topic);
    const metadata = this.#cluster.findTopicPartitionMetadata(topic);
    const found = metadata.find(({ partitionId }) => partitionId === partition);
    if (found === undefined) throw topicUnknown(topic, partition);
    return found.leader;
  }

  async #known(topic: string): Promise<number[]> {
    this.#connected ??= this.#cluster.connect();
    await this.#connected;
    await this.#cluster.addMultipleTargetTopics([topic]);
    await this.#cluster.refreshMetadataIfNecessary();
    const metadata = this.#cluster.findTopicPartitionMetadata(topic);
    if (metadata.length === 0) throw topicUnknown(topic);
    return metadata.map(({ partitionId }) => partitionId).sort((left, right) => left - right);
  }

  async #tried<T>(topic: string, doing: string, request: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await request();
      } catch (error) {
        if (!isPassing(error) || tries === TRIES_MAX) throw readFault(error, topic, doing);
        await delay(
          Math.min(BACK_OFF_MS_MAX, BACK_OFF_MS_MIN * 2 ** tries) * (0.5 + Math.random()),
        );
        await this.#renew();
      }
    }
  }

  /** Finds out anew who leads what. Where even that fails, the next try connects from the start. */
  async #renew(): Promise<void> {
    try {
      await this.#connected;
      await this.#cluster.refreshMetadata();
    } catch {
      this.#connected = undefined;
    }
  }
}
