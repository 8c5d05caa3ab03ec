import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, type ProcessIdentity } from './process-identity.ts';

const POLL_MS = 20;

/** Resolves true when the process has ended, false when it still runs after the time given. */
export async function waitForEnd(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isAlive(identity)) {
    if (performance.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

/**
 * Ends a process and its group: SIGTERM, then SIGKILL after the grace. Every process of the stack
 * leads a group of its own, so what it spawned ends with it. Answers whether it came to its own end.
 */
export async function stopProcess(identity: ProcessIdentity, graceMs: number): Promise<boolean> {
  if (!signalGroup(identity, 'SIGTERM')) return true;
  if (await waitForEnd(identity, graceMs)) return true;
  signalGroup(identity, 'SIGKILL');
  await waitForEnd(identity, 5_000);
  return false;
}

function signalGroup(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    process.kill(-identity.pid, signal);
    return true;
  } catch (fault) {
    if (isNoSuchProcess(fault)) return false;
    throw fault;
  }
}

function isNoSuchProcess(fault: unknown): boolean {
  return fault instanceof Error && 'code' in fault && fault.code === 'ESRCH';
}
