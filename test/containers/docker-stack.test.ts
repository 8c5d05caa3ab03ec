import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RealStack } from '../e2e/real-stack.ts';
import { dataPath, isDataMissing } from '../integration/backtest/shared-data.ts';
import { withEngine } from './with-engine.ts';

const CDNOW = 'cdnow/CDNOW_master.txt.gz';
const END = '1998-06-30';
const CUSTOMERS = 23_570;
const UP_TIMEOUT_MS = 600_000;

/** What has to run, by the end of its image's name. */
const IMAGES = {
  kafka: /apache\/kafka:4\.3\.1$/,
  registry: /apicurio-registry:3\.0\.9$/,
  'redis-state': /redis:7$/,
  'redis-queue': /redis:7$/,
  ingestor: /strata:local$/,
  scorer: /strata:local$/,
  notifier: /strata:local$/,
  console: /strata:local$/,
} as const;

interface Status {
  readonly state: string;
  readonly customers: number;
  readonly consoleUrl: string;
  readonly intake: { readonly url: string };
  readonly processes: readonly {
    readonly name: string;
    readonly pid: number;
    readonly port: number | null;
    readonly isUp: boolean;
    readonly log: string;
  }[];
}

interface Inspected {
  readonly Id: string;
  readonly Config: { readonly Image: string; readonly Labels: Readonly<Record<string, string>> };
  readonly State: { readonly Pid: number; readonly Running: boolean };
}

const execute = promisify(execFile);

async function docker(...args: readonly string[]): Promise<string> {
  return (await execute('docker', args)).stdout.trim();
}

/** The engine's own word for a part that status lists, found by the name that `log` tells a person. */
async function inspect(part: Status['processes'][number]): Promise<Inspected> {
  const [found] = JSON.parse(await docker('inspect', part.log.split(' ').at(-1) ?? '')) as [
    Inspected,
  ];
  return found;
}

await withEngine('./strata up --stack docker', () => {
  describe.skipIf(isDataMissing(CDNOW))('./strata up --stack docker', () => {
    let stack: RealStack;
    let project = '';
    let ids: readonly string[] = [];
    const status = async (): Promise<Status> =>
      JSON.parse((await stack.must('status', '--json')).stdout) as Status;
    const up = (): ReturnType<RealStack['must']> =>
      stack.must('up', '--stack', 'docker', '--time', 'data', '--partitions', '4');

    beforeAll(async () => {
      stack = await RealStack.open();
      await up();
    }, UP_TIMEOUT_MS);
    afterAll(async () => {
      await stack.close();
      const filter = ['--filter', `label=com.docker.compose.project=${project}`];
      const volumes = await docker('volume', 'ls', '--quiet', ...filter);
      if (project !== '' && volumes !== '') await docker('volume', 'rm', ...volumes.split('\n'));
    });

    it('runs every part in a container of its own image, and none as a process here', async () => {
      const { state, processes } = await status();
      expect(state).toBe('up');
      expect(processes.map(({ name }) => name)).toEqual(Object.keys(IMAGES));
      const containers = await Promise.all(processes.map(inspect));
      for (const [index, { name, pid }] of processes.entries()) {
        expect(containers[index]?.Config.Image).toMatch(IMAGES[name as keyof typeof IMAGES]);
        expect(containers[index]?.State).toMatchObject({ Running: true, Pid: pid });
      }
      ids = containers.map(({ Id }) => Id);
      expect(new Set(ids).size).toBe(ids.length);
      project = containers[0]?.Config.Labels['com.docker.compose.project'] ?? '';
      expect(project).toMatch(/^strata-/);
      expect(existsSync(join(stack.dataDir, 'stack.json'))).toBe(false);
    });

    it('refuses to start what is up already, and another kind in its place', async () => {
      for (const kind of ['docker', 'local', 'embedded']) {
        const { exitCode, stderr } = await stack.run('up', '--stack', kind);
        expect(exitCode).toBe(1);
        expect(stderr).toContain('./strata down');
      }
    });

    it('grades CDNOW as the backtest in one process does, byte for byte', async () => {
      const imported = await stack.must('import', dataPath(CDNOW), '--format', 'cdnow', '--json');
      const accounts = JSON.parse(imported.stdout) as unknown;
      expect(accounts).toMatchObject({ records: 69_659, published: 69_659, refused: 0 });
      const live = stack.path('live.csv');
      const offline = stack.path('offline.csv');
      await stack.must('profiles', '--out', live);
      const at = ['--at', END, '--profiles', offline];
      await stack.must('backtest', dataPath(CDNOW), '--format', 'cdnow', ...at);
      const rows = await readFile(live, 'utf8');
      expect(rows.trimEnd().split('\n')).toHaveLength(1 + CUSTOMERS);
      expect(rows).toBe(await readFile(offline, 'utf8'));
    });

    it('answers why and shows its page from the containers', async () => {
      const [, first = ''] = (await readFile(stack.path('live.csv'), 'utf8')).split('\n');
      const [customer = ''] = first.split(',').slice(1);
      expect((await stack.must('why', customer)).stdout).not.toBe('');
      const { consoleUrl, customers, intake } = await status();
      expect(customers).toBe(CUSTOMERS);
      expect((await fetch(consoleUrl)).status).toBe(200);
      const described = await fetch(`${intake.url}/v1/openapi.json`);
      expect(described.status).toBe(200);
    });

    it('leaves no container behind, and the data for the next up', {
      timeout: 900_000,
    }, async () => {
      expect((await stack.must('down')).stdout).toContain('8');
      for (const id of ids) await expect(docker('inspect', id)).rejects.toThrow(/no such/i);
      expect((await stack.run('profiles')).stderr).toContain('./strata up');
      // Time and partitions are not said again: they hold for the life of the stack.
      await stack.must('up', '--stack', 'docker');
      expect((await status()).customers).toBe(CUSTOMERS);
      await stack.must('profiles', '--out', stack.path('again.csv'));
      expect(await readFile(stack.path('again.csv'), 'utf8')).toBe(
        await readFile(stack.path('live.csv'), 'utf8'),
      );
      await stack.must('down');
    });
  });
});
