import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '@strata/local-stack';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withEngine } from './with-engine.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const BACKENDS = ['kafka', 'redis-queue', 'redis-state', 'registry'];
const SERVICES = ['console', 'ingestor', 'notifier', 'scorer'];

await withEngine('docker-compose.yml', () => {
  describe('docker-compose.yml', () => {
    let env: NodeJS.ProcessEnv;
    let ports: { kafka: number; registry: number; state: number; queue: number };
    const compose = async (...args: string[]): Promise<string> => {
      const { stdout } = await run('docker', ['compose', ...args], { cwd: root, env });
      return stdout;
    };

    beforeAll(async () => {
      ports = {
        kafka: await freePort(),
        registry: await freePort(),
        state: await freePort(),
        queue: await freePort(),
      };
      env = {
        ...process.env,
        STRATA_STACK: `strata-test-${process.pid}`,
        STRATA_KAFKA_PORT: String(ports.kafka),
        STRATA_REGISTRY_PORT: String(ports.registry),
        STRATA_STATE_REDIS_PORT: String(ports.state),
        STRATA_QUEUE_REDIS_PORT: String(ports.queue),
      };
      await compose('up', '--detach', '--wait', ...BACKENDS);
    });
    afterAll(async () => {
      await compose('down', '--volumes', '--timeout', '5');
    });

    it('names the back ends and the four services', async () => {
      const names = (await compose('config', '--services')).trim().split('\n').toSorted();
      expect(names).toEqual([...BACKENDS, ...SERVICES].toSorted());
    });

    it('publishes every port on loopback only', async () => {
      const rows = await compose('ps', '--format', '{{.Ports}}');
      expect(rows).toContain('127.0.0.1:');
      expect(rows).not.toMatch(/0\.0\.0\.0:|\[::\]:/);
    });

    it('starts a broker that the host reaches', async () => {
      const brokers = [`127.0.0.1:${ports.kafka}`];
      const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      await admin.createTopics({ topics: [{ topic: 'toy' }], waitForLeaders: true });
      expect(await admin.listTopics()).toContain('toy');
      await admin.disconnect();
    });

    it('starts a registry that keeps its schemas over a restart', async () => {
      const url = `http://127.0.0.1:${ports.registry}/apis/ccompat/v7/subjects`;
      const registered = await fetch(`${url}/toy-value/versions`, {
        method: 'POST',
        headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
        body: JSON.stringify({ schema: '"string"' }),
      });
      expect(registered.status).toBe(200);
      await compose('restart', 'registry');
      await compose('up', '--detach', '--wait', 'registry');
      expect(await (await fetch(url)).json()).toEqual(['toy-value']);
    });

    it.each(['state', 'queue'] as const)(
      'starts a Redis for %s that evicts nothing',
      async (name) => {
        const redis = new Redis(`redis://127.0.0.1:${ports[name]}`);
        expect(await redis.config('GET', 'maxmemory-policy')).toEqual([
          'maxmemory-policy',
          'noeviction',
        ]);
        expect(await redis.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
        redis.disconnect();
      },
    );
  });
});
