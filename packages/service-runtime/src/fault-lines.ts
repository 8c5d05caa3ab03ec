import type { ServiceLogger } from './logger.ts';
import { type Alarm, systemAlarm } from './system-alarm.ts';

type Fields = Parameters<ServiceLogger['warn']>[0];
type Level = 'warn' | 'error';

/** What tells one fault from another that is told by the same sentence: names of the code and of operators, few of each. */
const NAMES = ['code', 'component', 'what', 'client', 'endpoint', 'topic'] as const;
/** More faults at once than this are told by their sentences alone. */
const FAULTS_MAX = 200;
const INTERVAL_MS = 60_000;

interface Fault {
  readonly level: Level;
  readonly message: string;
  /** Of its last occurrence. */
  fields: Fields;
  /** Since the last line. */
  repeats: number;
}

/**
 * One line per fault: what is amiss is written at once, and then, as long as it goes on, one line an interval with how
 * often it came again and the fields of the last time. A broker that is down for an hour fills no disk and hides no other
 * fault. Lines of the levels below pass as they are.
 */
export function withFaultLines(
  logger: ServiceLogger,
  { alarm = systemAlarm, everyMs = INTERVAL_MS }: { alarm?: Alarm; everyMs?: number } = {},
): ServiceLogger {
  const faults = new Map<string, Fault>();
  const watch = (key: string, fault: Fault): void => {
    alarm(everyMs, () => {
      if (fault.repeats === 0) {
        faults.delete(key);
        return;
      }
      const { level, message, fields, repeats } = fault;
      fault.repeats = 0;
      logger[level]({ ...fields, repeats }, message);
      watch(key, fault);
    });
  };
  const tell = (level: Level, fields: Fields, message: string): void => {
    const named = [level, message, ...NAMES.map((name) => fields[name] ?? '')].join('\n');
    const key = faults.has(named) || faults.size < FAULTS_MAX ? named : `${level}\n${message}`;
    const known = faults.get(key);
    if (known !== undefined) {
      known.fields = fields;
      known.repeats += 1;
      return;
    }
    logger[level](fields, message);
    const fault: Fault = { level, message, fields, repeats: 0 };
    faults.set(key, fault);
    watch(key, fault);
  };
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => tell('warn', fields, message),
    error: (fields, message) => tell('error', fields, message),
  };
}
