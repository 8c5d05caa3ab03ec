import { cp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { type BackendName, type Backends, isAlive } from '@strata/local-stack';
import { insist, until } from './until.ts';

/** Ends a back end as a machine that loses its power; it comes back over what it left, on its port. */
export async function killBackend(backends: Backends, name: BackendName): Promise<void> {
  const found = backends.processes.find((each) => each.name === name);
  if (found === undefined) throw new Error(`the stack has no ${name}`);
  process.kill(found.pid, 'SIGKILL');
  await until(`${name} has ended`, () => !isAlive(found));
}

/** Starts it again over what it left. On a busy machine a start can fail that goes well the next time. */
export async function bringBack(backends: Backends, name: BackendName): Promise<void> {
  await insist(`${name} comes back`, () => backends.restart(name));
}

type RedisName = Extract<BackendName, `redis-${string}`>;

function appendOnlyFolder({ dataDir }: Backends, name: RedisName): string {
  return join(dataDir, name, 'appendonlydir');
}

/** Takes away the end of what a dead Redis had written, in the middle of a command or not: a disk that was late. */
export async function cutAppendOnlyFile(
  backends: Backends,
  name: RedisName,
  bytes: number,
): Promise<void> {
  const folder = appendOnlyFolder(backends, name);
  const last = (await readdir(folder))
    .filter((file) => file.endsWith('.incr.aof'))
    .toSorted()
    .at(-1);
  if (last === undefined) throw new Error(`${name} keeps no append-only file`);
  const file = join(folder, last);
  const { size } = await stat(file);
  await truncate(file, Math.max(0, size - bytes));
}

/** Copies what a running Redis has written so far. Answers how to put it back in the place of what a dead one left. */
export async function copyAppendOnlyFile(
  backends: Backends,
  name: RedisName,
): Promise<() => Promise<void>> {
  const folder = appendOnlyFolder(backends, name);
  const copy = `${folder}.copy`;
  await rm(copy, { recursive: true, force: true });
  await cp(folder, copy, { recursive: true });
  return async () => {
    await rm(folder, { recursive: true });
    await cp(copy, folder, { recursive: true });
  };
}

/** Puts an older append-only file of a Redis in the place of its own, once `more` says that something was written since. */
export async function rewindRedis(
  backends: Backends,
  name: RedisName,
  more: () => Promise<void>,
): Promise<void> {
  const restore = await copyAppendOnlyFile(backends, name);
  await more();
  await killBackend(backends, name);
  await restore();
  await bringBack(backends, name);
}
