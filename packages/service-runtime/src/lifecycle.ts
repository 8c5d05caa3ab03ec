import type { ServiceLogger } from './logger.ts';

/** The little of `process` that a lifecycle needs; tests hand in their own. */
export interface HostProcess {
  readonly pid: number;
  on(event: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
  on(
    event: 'uncaughtException' | 'unhandledRejection',
    listener: (error: unknown) => void,
  ): unknown;
  exit(code: number): void;
}

export interface Lifecycle {
  /** Notes a part that has started; parts stop in reverse order. */
  readonly started: (name: string, stop: () => Promise<void> | void) => void;
  /** The process cannot go on: one line, then exit 1. No stop is tried, because the promise of a part is broken. */
  readonly fatal: (error: unknown) => void;
  /** Stops every part once, in reverse order of their start; what fails to stop is logged and does not hold up the rest. */
  readonly stop: () => Promise<void>;
  /** True from the first signal or `stop` on. */
  readonly isStopping: () => boolean;
}

const SECOND_SIGNAL_EXIT = 130;

/** The first SIGTERM or SIGINT stops in order and exits 0, the second one exits at once. */
export function createLifecycle(settings: { logger: ServiceLogger; host: HostProcess }): Lifecycle {
  const { logger, host } = settings;
  const parts: { name: string; stop: () => Promise<void> | void }[] = [];
  let stopping: Promise<void> | null = null;
  let isDead = false;

  async function stopParts(): Promise<void> {
    for (const part of parts.toReversed()) {
      try {
        await part.stop();
      } catch (error) {
        logger.error({ part: part.name, error: sentenceOf(error) }, 'A part did not stop cleanly');
      }
    }
  }

  function stop(): Promise<void> {
    stopping ??= stopParts();
    return stopping;
  }

  function fatal(error: unknown): void {
    if (isDead) return;
    isDead = true;
    logger.error(
      { code: codeOf(error), error: sentenceOf(error) },
      'The process ends: it cannot go on',
    );
    host.exit(1);
  }

  function onSignal(signal: string): void {
    if (stopping !== null) {
      host.exit(SECOND_SIGNAL_EXIT);
      return;
    }
    logger.info({ signal }, 'Stopping');
    void stop().then(() => {
      if (!isDead) host.exit(0);
    });
  }

  host.on('SIGTERM', () => onSignal('SIGTERM'));
  host.on('SIGINT', () => onSignal('SIGINT'));
  host.on('uncaughtException', fatal);
  host.on('unhandledRejection', fatal);

  return {
    started: (name, stopPart) => void parts.push({ name, stop: stopPart }),
    fatal,
    stop,
    isStopping: () => stopping !== null,
  };
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'STRATA_UNEXPECTED';
}

/** Our own faults speak for themselves; a foreign one needs its stack to be found. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (codeOf(error).startsWith('STRATA_') && 'code' in error) return error.message;
  return error.stack ?? error.message;
}
