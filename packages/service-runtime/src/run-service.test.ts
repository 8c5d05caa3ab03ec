import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { kafkaVariables } from './config-variables.ts';
import { defineConfig } from './read-config.ts';
import { runService } from './run-service.ts';

class TestHost extends EventEmitter {
  readonly pid = 7;
  readonly exits: number[] = [];
  readonly out: string[] = [];
  readonly err: string[] = [];
  readonly stdout = { write: (text: string) => void this.out.push(text) };
  readonly stderr = { write: (text: string) => void this.err.push(text) };
  readonly env: Record<string, string>;

  constructor(env: Record<string, string>) {
    super();
    this.env = env;
  }

  exit(code: number): void {
    this.exits.push(code);
    this.emit('exited');
  }
}

const schema = defineConfig('scorer', kafkaVariables);
const env = { STRATA_KAFKA_BROKERS: 'localhost:1', STRATA_LOG_LEVEL: 'error' };

describe('runService', () => {
  it('says what is wrong with the environment and composes nothing', async () => {
    const host = new TestHost({ STRATA_SCORER_TYPO: 'x' });
    await runService({ schema, compose: () => expect.unreachable('nothing to compose'), host });
    expect(host.exits).toEqual([1]);
    expect(host.err.join('')).toContain('STRATA_KAFKA_BROKERS is not set');
    expect(host.err.join('')).toContain('STRATA_SCORER_TYPO is not known');
    expect(host.out).toEqual([]);
  });

  it('tells its address before it is composed, is ready after, and stops at a signal', async () => {
    const host = new TestHost(env);
    const answers: number[] = [];
    const isReady = async () => {
      const { url } = JSON.parse(host.out[0] ?? '') as { url: string };
      answers.push((await fetch(`${url}/readyz`)).status);
    };
    const stopped: string[] = [];
    await runService({
      schema,
      host,
      compose: async ({ config, lifecycle }) => {
        await isReady();
        lifecycle.started('part', () => void stopped.push(config.STRATA_KAFKA_BROKERS.join()));
        return { report: () => ({ isLive: true, reasons: [] }) };
      },
    });
    await isReady();
    expect(JSON.parse(host.out[0] ?? '')).toMatchObject({
      strata: 'listening',
      service: 'scorer',
      pid: 7,
    });
    const exited = new Promise((resolve) => host.once('exited', resolve));
    host.emit('SIGTERM');
    await exited;
    expect(answers).toEqual([503, 200]);
    expect(stopped).toEqual(['localhost:1']);
    expect(host.exits).toEqual([0]);
  });

  it('ends with 1 when it cannot be composed', async () => {
    const host = new TestHost({ ...env, STRATA_LOG_LEVEL: 'error' });
    await runService({
      schema,
      host,
      compose: () => Promise.reject(new Error('no broker')),
    });
    expect(host.exits).toEqual([1]);
  });
});
