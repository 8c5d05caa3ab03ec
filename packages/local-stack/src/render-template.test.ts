import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderTemplate } from './render-template.ts';

const template = readFileSync(
  new URL('../../../infra/kafka/server.properties', import.meta.url),
  'utf8',
);
const ports = { brokerPort: 20_001, advertisedPort: 20_003, controllerPort: 20_002 };
const values = { ...ports, logDir: '/data/kafka' };

function settings(text: string): Map<string, string> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]),
  );
}

describe('the rendered broker settings', () => {
  const rendered = settings(renderTemplate(template, values));

  it('listens and is found on loopback only, at the ports given', () => {
    expect(rendered.get('listeners')).toBe(
      'PLAINTEXT://127.0.0.1:20001,CONTROLLER://127.0.0.1:20002',
    );
    expect(rendered.get('advertised.listeners')).toBe('PLAINTEXT://127.0.0.1:20003');
    expect(rendered.get('controller.quorum.voters')).toBe('1@127.0.0.1:20002');
  });

  it('keeps records for ever and makes no topic by itself', () => {
    expect(rendered.get('log.retention.ms')).toBe('-1');
    expect(rendered.get('auto.create.topics.enable')).toBe('false');
  });

  it('leaves no place unfilled', () => {
    expect([...rendered.values()].filter((value) => value.includes('${'))).toEqual([]);
  });
});

describe('renderTemplate', () => {
  it('refuses a place without a value', () => {
    expect(() => renderTemplate('a=${port}', {})).toThrow('${port}');
  });

  it('refuses a value without a place', () => {
    expect(() => renderTemplate('a=1', { port: 1 })).toThrow('${port}');
  });
});
