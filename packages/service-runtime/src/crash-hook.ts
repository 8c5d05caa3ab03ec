import { z } from 'zod';
import { RuntimeFault } from './runtime-fault.ts';

/** Its second word, for a process that stands still instead of ending: a zombie, once it is woken. */
const STOP = 'stop';

interface CrashConfig {
  readonly STRATA_CRASH_AT?: string | undefined;
  readonly STRATA_CRASH_IN_TEST: boolean;
}

/** The variables by which a test makes a service die at a chosen instant. Never set them on a stack that is used. */
export function crashVariables(points: readonly string[]) {
  const sentence = `has to be POINT:NTH or POINT:NTH:${STOP}, POINT being one of ${points.join(', ')}`;
  return {
    STRATA_CRASH_AT: z
      .string()
      .refine((text) => {
        const [point = '', nth = '', word = STOP, ...rest] = text.split(':');
        return (
          points.includes(point) && /^[1-9]\d{0,5}$/.test(nth) && word === STOP && rest.length === 0
        );
      }, sentence)
      .optional()
      .meta({
        description: `For tests alone: the process kills itself, or with \`${STOP}\` stands still, when it comes to this point for the NTH time.`,
      }),
    STRATA_CRASH_IN_TEST: z
      .enum(['true', 'false'], 'has to be true or false')
      .default('false')
      .transform((word) => word === 'true')
      .meta({
        description:
          'true says that a test runs this process; without it STRATA_CRASH_AT is refused.',
      }),
  };
}

/**
 * What a service calls at each of its crash points; without the variables it does nothing. SIGKILL and no exit code:
 * nothing of the process runs after it, as after a loss of power.
 */
export function crashHook(
  config: CrashConfig,
  host: Pick<NodeJS.Process, 'pid' | 'kill'>,
): (point: string) => void {
  if (config.STRATA_CRASH_AT === undefined) return () => {};
  if (!config.STRATA_CRASH_IN_TEST) {
    throw new RuntimeFault(
      'STRATA_CONFIG_INVALID',
      'STRATA_CRASH_AT would kill this process, and is for tests alone: remove it, or set ' +
        'STRATA_CRASH_IN_TEST=true where a test runs this process.',
    );
  }
  const [wanted, nth, word] = config.STRATA_CRASH_AT.split(':');
  let left = Number(nth);
  return (point) => {
    if (point !== wanted) return;
    left -= 1;
    if (left === 0) host.kill(host.pid, word === STOP ? 'SIGSTOP' : 'SIGKILL');
  };
}
