import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseContainers } from './docker-status.ts';
import { requireDocker } from './run-docker.ts';

const row = (name: string): object => ({
  ID: `id-${name}`,
  Name: `strata-1-${name}-1`,
  Service: name,
  State: 'running',
  Health: 'healthy',
  Publishers: [{ URL: '127.0.0.1', TargetPort: 6_379, PublishedPort: 20_001, Protocol: 'tcp' }],
});

test('containers are read from lines and, as older Compose writes them, from one array', () => {
  const rows = [row('kafka'), { ...row('scorer'), Publishers: null }];
  const lines = rows.map((it) => JSON.stringify(it)).join('\n');
  expect(parseContainers(`${lines}\n`)).toEqual(parseContainers(JSON.stringify(rows)));
  expect(parseContainers(lines).map(({ Service }) => Service)).toEqual(['kafka', 'scorer']);
  expect(parseContainers('')).toEqual([]);
  expect(parseContainers('[]\n')).toEqual([]);
});

test('a machine without docker is told what to install, in both languages', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-path-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const language of ['en', 'zh'] as const) {
    await expect(requireDocker({ env: { PATH: folder } }, language)).rejects.toMatchObject({
      code: 'STRATA_CLI_NO_DOCKER',
      message: expect.stringContaining('./strata up --stack local'),
    });
  }
});

test('nothing is run for a command that was interrupted before', async () => {
  const run = { env: {}, signal: AbortSignal.abort() };
  await expect(requireDocker(run, 'en')).rejects.toThrow('abort');
});
