import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type OwnerGuard, startOwnerGuard } from './owner-guard.ts';
import { identityOf, isAlive, residentBytes } from './process-identity.ts';
import { type ProcessSpec, spawnProcess } from './spawn-process.ts';
import { StackFault } from './stack-fault.ts';
import {
  createStackFile,
  readStackFile,
  removeStackFile,
  type StackFile,
  type StackProcess,
  updateStackFile,
} from './stack-file.ts';
import { stopProcess } from './stop-process.ts';

/** `owner`: the stack ends with the process that started it, however that ends. `detached`: it stays up. */
export type StackLifetime = 'owner' | 'detached';

/** One line of `status`. */
export interface StatusRow {
  readonly name: string;
  readonly kind: StackProcess['kind'];
  readonly pid: number;
  readonly port: number | null;
  readonly isUp: boolean;
  readonly memoryBytes: number | null;
  readonly log: string;
}

/** What is known of the stack of a data folder. `partly-up`: something that was started has ended. */
export interface StackStatus {
  readonly state: 'up' | 'partly-up' | 'down';
  readonly rows: readonly StatusRow[];
  readonly file: StackFile | null;
}

const guards = new Map<string, OwnerGuard>();

/** Reads what runs; changes nothing. A file left by a reboot or a kill reads as down. */
export function stackStatus(dataDir: string): StackStatus {
  const file = readStackFile(dataDir);
  if (file === null) return { state: 'down', rows: [], file: null };
  const rows = file.processes.map(({ name, kind, pid, startedAt, port, log }) => {
    const isUp = isAlive({ pid, startedAt });
    return { name, kind, pid, port, isUp, memoryBytes: isUp ? residentBytes(pid) : null, log };
  });
  const upCount = rows.filter((row) => row.isUp).length;
  if (upCount === 0) return { state: 'down', rows, file };
  return { state: upCount === rows.length ? 'up' : 'partly-up', rows, file };
}

/** Makes this process the one that starts the stack; refuses where one is up or starting. */
export function claimStack(
  dataDir: string,
  lifetime: StackLifetime,
  versions: Readonly<Record<string, string>>,
): void {
  const { state, file } = stackStatus(dataDir);
  if (state !== 'down' || (file !== null && isBeingStarted(file))) throw alreadyUp(dataDir, state);
  removeStackFile(dataDir);
  mkdirSync(dataDir, { recursive: true });
  const startedBy = identityOf(process.pid) ?? { pid: process.pid, startedAt: 'unknown' };
  const createdAt = new Date().toISOString();
  const blank = { addresses: null, notes: {}, processes: [] };
  if (!createStackFile(dataDir, { format: 1, startedBy, createdAt, versions, ...blank })) {
    throw alreadyUp(dataDir, 'up');
  }
  if (lifetime === 'owner') guards.set(dataDir, startOwnerGuard());
}

/** Starts a process of a claimed stack and writes it down before anything waits for it. */
export async function spawnInStack(dataDir: string, spec: ProcessSpec): Promise<StackProcess> {
  const started = await spawnProcess(spec);
  guards.get(dataDir)?.watch(started, started.graceMs);
  updateStackFile(dataDir, (file) => ({
    ...file,
    processes: [...file.processes.filter((each) => each.name !== spec.name), started],
  }));
  return started;
}

/**
 * Ends what the stack file names and nothing else: services in the reverse order of their start,
 * then the back ends at once. Returns the names of the processes that were still up.
 */
export async function stopStack(dataDir: string): Promise<string[]> {
  const file = readStackFile(dataDir);
  const running = (file?.processes ?? []).filter((each) => isAlive(each)).toReversed();
  for (const service of running.filter((each) => each.kind === 'service')) {
    await stopProcess(service, service.graceMs);
  }
  const backends = running.filter((each) => each.kind === 'backend');
  await Promise.all(
    backends.map(async (each) => {
      // What a killed process left may be cut in the middle.
      if (await stopProcess(each, each.graceMs)) keepWhatItLeft(each);
    }),
  );
  guards.get(dataDir)?.release();
  guards.delete(dataDir);
  removeStackFile(dataDir);
  return running.map((each) => each.name);
}

/** Removes a stack's data; refuses while any of it runs. */
export function wipeStack(dataDir: string): void {
  const { state } = stackStatus(dataDir);
  if (state !== 'down') throw alreadyUp(dataDir, state);
  rmSync(dataDir, { recursive: true, force: true });
}

function isBeingStarted(file: StackFile): boolean {
  return file.addresses === null && isAlive(file.startedBy);
}

function keepWhatItLeft({ keepAtEnd }: StackProcess): void {
  if (keepAtEnd === undefined || !existsSync(keepAtEnd.from)) return;
  mkdirSync(dirname(keepAtEnd.to), { recursive: true });
  // Data and caches may lie on different file systems; readers must see all of it or nothing.
  const draft = `${keepAtEnd.to}.${process.pid}`;
  copyFileSync(keepAtEnd.from, draft);
  renameSync(draft, keepAtEnd.to);
  rmSync(keepAtEnd.from, { force: true });
}

function alreadyUp(dataDir: string, state: StackStatus['state']): StackFault {
  const sentence =
    state === 'partly-up'
      ? {
          en: `Part of the stack in ${dataDir} is up and part has ended. Run ./strata down, then start again.`,
          zh: `${dataDir} 中的栈一部分在运行,一部分已退出。请先执行 ./strata down,再重新启动。`,
        }
      : {
          en: `The stack in ${dataDir} is up already. ./strata status shows it, ./strata down ends it.`,
          zh: `${dataDir} 中的栈已经在运行。./strata status 可查看,./strata down 可停止。`,
        };
  return new StackFault('STRATA_STACK_ALREADY_UP', sentence);
}
