import { setTimeout as delay } from 'node:timers/promises';
import { BilingualFault } from './cli-fault.ts';
import type { Text } from './messages/texts.ts';

const POLL_MS = 100;
const PATIENCE_MS_DEFAULT = 60_000;

export interface Look {
  readonly isDone: boolean;
  /** Anything that rises while there is progress; patience starts again whenever it changes. */
  readonly progress: number;
}

export interface UntilOptions {
  /** What is waited for, to complete the sentence "Waited for ...". */
  readonly what: Text;
  readonly remedy: Text;
  readonly patienceMs?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onLook?: (look: Look) => void;
}

/** Waits for a condition outside this process. Gives up, with a remedy, only when nothing has moved for a while. */
export async function until(look: () => Promise<Look>, options: UntilOptions): Promise<void> {
  const patienceMs = options.patienceMs ?? PATIENCE_MS_DEFAULT;
  let progress = Number.NaN;
  let movedAt = performance.now();
  for (;;) {
    options.signal?.throwIfAborted();
    const seen = await look();
    options.onLook?.(seen);
    if (seen.isDone) return;
    if (seen.progress !== progress) {
      progress = seen.progress;
      movedAt = performance.now();
    }
    if (performance.now() - movedAt > patienceMs) {
      throw stalled(options, Math.round(patienceMs / 1_000));
    }
    await delay(POLL_MS, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}

function stalled({ what, remedy }: UntilOptions, seconds: number): BilingualFault {
  return new BilingualFault('STRATA_CLI_NO_PROGRESS', {
    en: `Waited for ${what.en}, and nothing moved for ${seconds} s. ${remedy.en}`,
    zh: `等待${what.zh}，${seconds} 秒内没有进展。${remedy.zh}`,
  });
}

/** Where to look when a service of the stack does not move on. */
export const LOOK_AT_STATUS: Text = {
  en: 'See which service has ended with ./strata status, look at its log, and start it again with ./strata up.',
  zh: '请用 ./strata status 查看是哪个服务已退出及其日志，并用 ./strata up 重新启动。',
};
