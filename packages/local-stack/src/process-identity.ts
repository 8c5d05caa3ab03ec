import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process, told apart from a later one that was given the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the words of the operating system; only ever compared for equality. */
  readonly startedAt: string;
}

/** The state letter and start time of a line of /proc/<pid>/stat, or null where it is no such line. */
export function parseProcStat(stat: string): { state: string; startTicks: string } | null {
  // The command name stands in parentheses and may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  const startTicks = fields[19];
  return state === undefined || startTicks === undefined ? null : { state, startTicks };
}

/** The boot is part of the identity: after a reboot, ticks and numbers start again. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'boot';
  }
}

/** The start time of a running process; null where none runs. A zombie has ended already. */
export function startTimeOf(pid: number): string | null {
  if (process.platform !== 'linux') return startTimeByPs(pid);
  try {
    const parsed = parseProcStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    if (parsed === null || parsed.state === 'Z' || parsed.state === 'X') return null;
    return `${bootId()}:${parsed.startTicks}`;
  } catch {
    return null;
  }
}

function startTimeByPs(pid: number): string | null {
  try {
    const row = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
    }).trim();
    return row === '' || row.startsWith('Z') ? null : row.replace(/^\S+\s+/, '');
  } catch {
    return null;
  }
}

/** Whether this very process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return startTimeOf(identity.pid) === identity.startedAt;
}

/** The identity of a process that runs now; null where it has ended. */
export function identityOf(pid: number): ProcessIdentity | null {
  const startedAt = startTimeOf(pid);
  return startedAt === null ? null : { pid, startedAt };
}

/** Resident memory in bytes, or null where the process has ended or the system does not tell. */
export function residentBytes(pid: number): number | null {
  try {
    if (process.platform === 'linux') {
      const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      return kib === undefined ? null : Number(kib) * 1024;
    }
    const kib = execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return kib === '' ? null : Number(kib) * 1024;
  } catch {
    return null;
  }
}
