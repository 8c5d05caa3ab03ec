import type { Verdict } from './audit.ts';

/** The figures of a verdict in one line, to be seen in the output of a run. */
export function said({ faults, ...figures }: Verdict): string {
  const counts = Object.entries(figures).map(([name, count]) => `${name} ${count}`);
  return `${counts.join(', ')}, faults ${faults.length}`;
}
