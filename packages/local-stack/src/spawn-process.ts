import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { logTail } from './log-tail.ts';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.ts';
import { StackFault } from './stack-fault.ts';
import type { StackProcess } from './stack-file.ts';

const READY_POLL_MS = 40;
const TAIL_LINES = 12;

/** What to start, and how another process finds and ends it. */
export interface ProcessSpec {
  readonly name: string;
  readonly kind: 'backend' | 'service';
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly port: number | null;
  readonly log: string;
  readonly graceMs: number;
  readonly keepAtEnd?: { readonly from: string; readonly to: string };
}

/** Starts a process as the leader of its own group, writing to its log alone. */
export async function spawnProcess(spec: ProcessSpec): Promise<StackProcess> {
  mkdirSync(dirname(spec.log), { recursive: true });
  const log = openSync(spec.log, 'a');
  try {
    const child = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: spec.env,
      detached: true,
      stdio: ['ignore', log, log],
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
    const { name, kind, port, graceMs, keepAtEnd } = spec;
    return {
      // An identity of a process that has ended at once matches nothing, which is the truth.
      ...(identityOf(child.pid ?? 0) ?? { pid: child.pid ?? 0, startedAt: 'ended' }),
      name,
      kind,
      port,
      log: spec.log,
      graceMs,
      ...(keepAtEnd === undefined ? {} : { keepAtEnd }),
    };
  } catch (fault) {
    throw new StackFault(
      'STRATA_STACK_CHILD_ENDED',
      {
        en: `${spec.name} could not be started: ${spec.command} is missing or cannot run. Run ./strata up again after installing it.`,
        zh: `${spec.name} 无法启动:${spec.command} 不存在或无法运行。请安装后再次执行 ./strata up。`,
      },
      fault,
    );
  } finally {
    closeSync(log);
  }
}

/** Waits for a condition of a process; its early end, or the time running out, shows its log. */
export async function waitUntilReady(options: {
  process: ProcessIdentity & { name: string; log: string };
  isReady: () => Promise<boolean> | boolean;
  timeoutMs: number;
}): Promise<void> {
  const { process: part, isReady, timeoutMs } = options;
  const deadline = performance.now() + timeoutMs;
  while (!(await isReady())) {
    if (!isAlive(part)) throw childEnded(part);
    if (performance.now() > deadline) throw notReady(part, timeoutMs);
    await delay(READY_POLL_MS);
  }
}

function childEnded(part: { name: string; log: string }): StackFault {
  const tail = indentedTail(part.log);
  return new StackFault('STRATA_STACK_CHILD_ENDED', {
    en: `${part.name} ended while it started. Its last lines:\n${tail}\nThe whole log: ${part.log}. Put right what it names, then start again.`,
    zh: `${part.name} 在启动过程中退出。最后几行日志:\n${tail}\n完整日志:${part.log}。请按日志提示处理后重新启动。`,
  });
}

function notReady(part: { name: string; log: string }, timeoutMs: number): StackFault {
  const seconds = Math.round(timeoutMs / 1_000);
  const tail = indentedTail(part.log);
  return new StackFault('STRATA_STACK_NOT_READY', {
    en: `${part.name} was not ready within ${seconds} s. Its last lines:\n${tail}\nThe whole log: ${part.log}. Free some processor and memory, then start again.`,
    zh: `${part.name} 在 ${seconds} 秒内没有就绪。最后几行日志:\n${tail}\n完整日志:${part.log}。请释放一些处理器和内存后重新启动。`,
  });
}

function indentedTail(log: string): string {
  const lines = logTail(log, TAIL_LINES);
  return (lines.length === 0 ? ['(empty)'] : lines).map((line) => `    ${line}`).join('\n');
}
