import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createLifecycle } from './lifecycle.ts';
import { createLogger } from './logger.ts';

class TestHost extends EventEmitter {
  readonly pid = 1;
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
    this.emit('exited');
  }
}

function aLifecycle() {
  const host = new TestHost();
  const lines: string[] = [];
  const logger = createLogger({
    service: 'test',
    level: 'info',
    destination: { write: (line) => void lines.push(line) },
  });
  return { host, lines, lifecycle: createLifecycle({ logger, host }) };
}

describe('lifecycle', () => {
  it('stops in reverse order once and exits 0, whatever fails to stop', async () => {
    const { host, lines, lifecycle } = aLifecycle();
    const stopped: string[] = [];
    lifecycle.started('first', () => void stopped.push('first'));
    lifecycle.started('broken', () => Promise.reject(new Error('no')));
    lifecycle.started('last', () => void stopped.push('last'));
    const exited = new Promise((resolve) => host.once('exited', resolve));
    host.emit('SIGTERM');
    expect(lifecycle.isStopping()).toBe(true);
    await exited;
    await lifecycle.stop();
    expect(stopped).toEqual(['last', 'first']);
    expect(host.exits).toEqual([0]);
    expect(lines.join('')).toContain('A part did not stop cleanly');
  });

  it('exits at once on the second signal', () => {
    const { host, lifecycle } = aLifecycle();
    lifecycle.started('slow', () => new Promise(() => {}));
    host.emit('SIGINT');
    expect(host.exits).toEqual([]);
    host.emit('SIGTERM');
    expect(host.exits).toEqual([130]);
  });

  it('says one line and exits 1 on a fault, once, without stopping anything', () => {
    const { host, lines, lifecycle } = aLifecycle();
    lifecycle.started('part', () => expect.unreachable('a fatal fault stops nothing'));
    lifecycle.fatal(new Error('first'));
    host.emit('unhandledRejection', new Error('second'));
    expect(host.exits).toEqual([1]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('first');
  });
});

describe('logger', () => {
  it('never lets personal data or secrets through by name', () => {
    const lines: string[] = [];
    const logger = createLogger({
      service: 'test',
      level: 'info',
      destination: { write: (line) => void lines.push(line) },
    });
    logger.info({ customerId: 'c-1', password: 'p', partition: 3 }, 'Line');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      customerId: '[redacted]',
      password: '[redacted]',
      partition: 3,
      level: 'info',
      service: 'test',
    });
  });
});
