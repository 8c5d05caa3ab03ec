import { groupReaderContract, recordLogContract } from '@strata/testing/contracts';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKafkaLogAt } from '../integration/kafka/open-kafka-log.ts';
import { inspectContainer, type StartedBackend, startKafkaContainer } from './start-container.ts';
import { withEngine } from './with-engine.ts';

await withEngine('Kafka in a container', () => {
  let kafka: StartedBackend;
  beforeAll(async () => {
    kafka = await startKafkaContainer();
  });
  afterAll(async () => {
    await kafka.container.stop();
  });
  const open = (): ReturnType<typeof openKafkaLogAt> =>
    openKafkaLogAt({ brokers: [kafka.address], clientId: 'strata-test' });

  describe('the broker under test', () => {
    it('is the one inside the container', async () => {
      const { image, isRunning } = await inspectContainer(kafka);
      expect(image).toMatch(/apache\/kafka:4\.3\.1$/);
      expect(isRunning).toBe(true);
      const inside = await kafka.container.exec(['cat', '/var/lib/kafka/data/meta.properties']);
      const client = new Kafka({ brokers: [kafka.address], logLevel: logLevel.NOTHING });
      const admin = client.admin();
      await admin.connect();
      const { clusterId } = await admin.describeCluster();
      await admin.disconnect();
      expect(inside.output).toContain(`cluster.id=${clusterId}`);
    });
  });

  recordLogContract('on Kafka in a container', open);
  groupReaderContract('on Kafka in a container', open);
});
