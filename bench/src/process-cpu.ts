import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const TICK_US = 1_000_000 / clockTicks();

function clockTicks(): number {
  try {
    return Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).trim());
  } catch {
    return 100;
  }
}

/**
 * CPU time that a process has used so far, in microseconds: user and system, of all its threads.
 * Null where the system does not tell.
 */
export function cpuUsOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in parentheses and may hold spaces: the fields are counted behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_US;
  } catch {
    return null;
  }
}
