import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from './process-identity.ts';

/** One process of a stack, with all that another process needs to end exactly this one. */
export interface StackProcess extends ProcessIdentity {
  readonly name: string;
  readonly kind: 'backend' | 'service';
  readonly port: number | null;
  readonly log: string;
  readonly graceMs: number;
  /** Where the file that the process leaves behind at its end belongs. */
  readonly keepAtEnd?: { readonly from: string; readonly to: string };
}

/** Where the parts of a stack are reached. */
export interface StackAddresses {
  readonly brokers: readonly string[];
  readonly registryUrl: string;
  readonly stateRedisUrl: string;
  readonly queueRedisUrl: string;
}

/** `stack.json`: what runs for one stack, in the order of starting. */
export interface StackFile {
  readonly format: 1;
  readonly startedBy: ProcessIdentity;
  readonly createdAt: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly addresses: StackAddresses | null;
  /** What the caller wants to find again: clock mode, policy file, console port. */
  readonly notes: Readonly<Record<string, string>>;
  readonly processes: readonly StackProcess[];
}

/** The path of the stack file within a stack's data folder. */
export function stackFilePath(dataDir: string): string {
  return join(dataDir, 'stack.json');
}

/** The stack file of a data folder; null where none is there or what is there is no stack file. */
export function readStackFile(dataDir: string): StackFile | null {
  let text: string;
  try {
    text = readFileSync(stackFilePath(dataDir), 'utf8');
  } catch {
    return null;
  }
  try {
    const parsed: unknown = JSON.parse(text);
    return isStackFile(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function isStackFile(value: unknown): value is StackFile {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'format' in value &&
    value.format === 1 &&
    'startedBy' in value &&
    typeof value.startedBy === 'object' &&
    'processes' in value &&
    Array.isArray(value.processes)
  );
}

/** Writes the file whole or not at all, so that a kill in the middle leaves the older one. */
export function writeStackFile(dataDir: string, file: StackFile): void {
  mkdirSync(dataDir, { recursive: true });
  const path = stackFilePath(dataDir);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(file, null, 2)}\n`);
  renameSync(draft, path);
}

/** Writes the file only where none is; false where another process was first. */
export function createStackFile(dataDir: string, file: StackFile): boolean {
  mkdirSync(dataDir, { recursive: true });
  const draft = `${stackFilePath(dataDir)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(file, null, 2)}\n`);
  try {
    // A link appears with its content, and fails where the name is taken.
    linkSync(draft, stackFilePath(dataDir));
    return true;
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'EEXIST') return false;
    throw fault;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Applies a change to the stack file; a stack without one has nothing to change. */
export function updateStackFile(dataDir: string, change: (file: StackFile) => StackFile): void {
  const file = readStackFile(dataDir);
  if (file !== null) writeStackFile(dataDir, change(file));
}

/** Forgets a stack that has ended. */
export function removeStackFile(dataDir: string): void {
  rmSync(stackFilePath(dataDir), { force: true });
}
