import { type Alarm, systemAlarm } from './system-alarm.ts';

/**
 * Looks again and again, one look at a time, the first at once. A look that fails is told and followed by the next; what
 * it would have brought is missing until then, and it is for whoever shows it to say so.
 */
export function lookRegularly(settings: {
  readonly everyMs: number;
  readonly look: () => Promise<void>;
  readonly onFailed: (error: unknown) => void;
  readonly alarm?: Alarm;
}): { stop(): Promise<void> } {
  const { everyMs, look, onFailed, alarm = systemAlarm } = settings;
  let isStopped = false;
  let wake = (): void => {};
  async function loop(): Promise<void> {
    while (!isStopped) {
      try {
        await look();
      } catch (error) {
        onFailed(error);
      }
      if (isStopped) return;
      await new Promise<void>((resolve) => {
        const cancel = alarm(everyMs, resolve);
        wake = () => {
          cancel();
          resolve();
        };
      });
    }
  }
  const run = loop();
  return {
    stop: async () => {
      isStopped = true;
      wake();
      await run;
    },
  };
}
