import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TIME_MODES, type TimeMode } from '@strata/domain';
import { z } from 'zod';
import { STACK_KINDS, type StackKind } from './stack-handle.ts';

const recordSchema = z.object({
  format: z.literal(1),
  kind: z.enum(STACK_KINDS),
  time: z.enum(TIME_MODES),
  partitions: z.number().int().positive(),
  /** Where the back ends are reached; null for a stack that has none. */
  addresses: z
    .object({
      brokers: z.array(z.string()),
      registryUrl: z.string(),
      stateRedisUrl: z.string(),
      queueRedisUrl: z.string(),
    })
    .nullable(),
  consoleUrl: z.string().nullable(),
  /** Where events are taken by HTTP; null where they are not. */
  intakeUrl: z.string().nullable().default(null),
  /** File of webhook subscriptions, null for none. */
  subscriptions: z.string().nullable(),
  /** Where a stack in one process takes commands; null for the others. */
  commandUrl: z.string().nullable(),
});

/** What the commands have to know of a stack beside its processes. It stays when the stack goes down: a new `up` keeps what cannot change. */
export interface StackRecord extends z.infer<typeof recordSchema> {
  readonly kind: StackKind;
  readonly time: TimeMode;
}

/** Each kind keeps its own data, so each has its own record: starting one does not forget the other. */
function recordPath(dataDir: string, kind: StackKind): string {
  return join(dataDir, kind === 'docker' ? 'docker.json' : 'commands.json');
}

export function writeStackRecord(dataDir: string, record: StackRecord): void {
  mkdirSync(dataDir, { recursive: true });
  const path = recordPath(dataDir, record.kind);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(draft, path);
}

/** Null where no stack was started, or what is there cannot be read. */
export function readStackRecord(dataDir: string, kind: StackKind): StackRecord | null {
  try {
    const text = readFileSync(recordPath(dataDir, kind), 'utf8');
    return recordSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

export function removeStackRecord(dataDir: string, kind: StackKind): void {
  rmSync(recordPath(dataDir, kind), { force: true });
}
