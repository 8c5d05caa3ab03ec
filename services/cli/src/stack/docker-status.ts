import type { StackStatus, StatusRow } from '@strata/local-stack';
import { z } from 'zod';
import { compose, projectName } from './compose-project.ts';
import { type DockerRun, runDocker } from './run-docker.ts';
import { SERVICES } from './start-local.ts';

export const COMPOSE_BACKENDS = ['kafka', 'registry', 'redis-state', 'redis-queue'] as const;

const containerSchema = z.object({
  ID: z.string(),
  Name: z.string(),
  Service: z.string(),
  State: z.string(),
  Health: z.string(),
  Publishers: z.array(z.object({ PublishedPort: z.number() })).nullable(),
});
type Container = z.infer<typeof containerSchema>;

/** What runs of the containers of a data folder. Without an engine nothing does. */
export async function dockerStatus(
  dataDir: string,
  run: DockerRun,
): Promise<Pick<StackStatus, 'state' | 'rows'>> {
  const listed = await compose(dataDir, ['ps', '--all', '--format', 'json'], run);
  if (listed.exitCode !== 0) return { state: 'down', rows: [] };
  const containers = parseContainers(listed.stdout);
  if (!containers.some(isRunning)) return { state: 'down', rows: [] };
  const pids = await pidsOf(containers, run);
  const rows = [...COMPOSE_BACKENDS, ...SERVICES].map((name): StatusRow => {
    const container = containers.find(({ Service }) => Service === name);
    return {
      name,
      kind: SERVICES.some((service) => service === name) ? 'service' : 'backend',
      pid: pids.get(container?.ID ?? '') ?? 0,
      port: container?.Publishers?.find((it) => it.PublishedPort > 0)?.PublishedPort ?? null,
      isUp: container !== undefined && isRunning(container),
      memoryBytes: null,
      log: `docker logs ${container?.Name ?? `${projectName(dataDir)}-${name}-1`}`,
    };
  });
  return { state: rows.every(({ isUp }) => isUp) ? 'up' : 'partly-up', rows };
}

/** One object to a line, or one array as Compose wrote before 2.21. */
export function parseContainers(text: string): readonly Container[] {
  const parsed: unknown[] = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line): unknown => JSON.parse(line));
  return z.array(containerSchema).parse(parsed);
}

/** A container that fails its health check runs, but is not up. */
function isRunning({ State, Health }: Container): boolean {
  return State === 'running' && Health !== 'unhealthy';
}

/** Process ids on the engine's machine, by container. */
async function pidsOf(
  containers: readonly Container[],
  run: DockerRun,
): Promise<ReadonlyMap<string, number>> {
  const ids = containers.map(({ ID }) => ID);
  const format = ['inspect', '--type', 'container', '--format', '{{.State.Pid}}'];
  const { stdout } = await runDocker([...format, ...ids], run);
  const pids = stdout.trim().split('\n').map(Number);
  return new Map(ids.map((id, index) => [id, pids[index] ?? 0]));
}
