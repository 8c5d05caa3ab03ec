import { freePort } from '@strata/local-stack';
import {
  GenericContainer,
  getContainerRuntimeClient,
  type StartedTestContainer,
  Wait,
} from 'testcontainers';

/** A back end in a container of its own, reached at `address` on loopback. */
export interface StartedBackend {
  readonly container: StartedTestContainer;
  readonly address: string;
}

const START_TIMEOUT_MS = 180_000;
const KAFKA_PORT = 19_092;

/** Redis as the state store asks for it. */
export async function startRedisContainer(): Promise<StartedBackend> {
  const container = await new GenericContainer('redis:7')
    .withCommand(['redis-server', '--appendonly', 'yes', '--maxmemory-policy', 'noeviction'])
    .withExposedPorts(6_379)
    .withWaitStrategy(Wait.forLogMessage('Ready to accept connections'))
    .withStartupTimeout(START_TIMEOUT_MS)
    .start();
  return { container, address: `127.0.0.1:${container.getMappedPort(6_379)}` };
}

/** One broker; its host port is chosen first, because it has to advertise it. */
export async function startKafkaContainer(): Promise<StartedBackend> {
  const port = await freePort();
  const container = await new GenericContainer('apache/kafka:4.3.1')
    .withExposedPorts({ container: KAFKA_PORT, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      // The broker reaches itself by a listener of its own: the host's port is not its own.
      KAFKA_LISTENERS: `INSIDE://:9092,HOST://:${KAFKA_PORT},CONTROLLER://:9093`,
      KAFKA_ADVERTISED_LISTENERS: `INSIDE://localhost:9092,HOST://127.0.0.1:${port}`,
      KAFKA_INTER_BROKER_LISTENER_NAME: 'INSIDE',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,INSIDE:PLAINTEXT,HOST:PLAINTEXT',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '1',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: '500',
      KAFKA_LOG_DIRS: '/var/lib/kafka/data',
    })
    .withWaitStrategy(Wait.forLogMessage('Kafka Server started'))
    .withStartupTimeout(START_TIMEOUT_MS)
    .start();
  return { container, address: `127.0.0.1:${port}` };
}

/** What the engine itself says of a container: the proof that one ran. */
export async function inspectContainer(
  started: StartedBackend,
): Promise<{ image: string; isRunning: boolean }> {
  const { container } = await getContainerRuntimeClient();
  const { Config, State } = await container.inspect(container.getById(started.container.getId()));
  return { image: Config.Image, isRunning: State.Running };
}
