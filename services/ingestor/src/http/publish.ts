import type { Logger, LogWriter, OutgoingRecord } from '@strata/pipeline';
import { Appender } from '../steps/append.ts';

/** `late`: not acknowledged in time; `failed`: the send ended in a fault. Both may lie in the log. */
export type Publication = 'acknowledged' | 'late' | 'failed';

/**
 * Puts records into the intake topic and waits for Kafka's acknowledgement, but not for ever. What
 * has not begun to be sent when its time is over is never sent: its sender was told to come again.
 */
export class Publisher {
  readonly #appender: Appender;
  readonly #logger: Logger;
  readonly #timeoutMs: number;
  readonly #nowMs: () => number;
  readonly #pending = new Set<Promise<unknown>>();
  #failedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    writer: LogWriter,
    settings: { readonly logger: Logger; readonly timeoutMs: number; readonly nowMs: () => number },
  ) {
    this.#appender = new Appender(writer);
    this.#logger = settings.logger;
    this.#timeoutMs = settings.timeoutMs;
    this.#nowMs = settings.nowMs;
  }

  /** `onSettled` is called when the records are held no longer, which may be long after the answer. */
  async publish(records: readonly OutgoingRecord[], onSettled: () => void): Promise<Publication> {
    const end = new AbortController();
    const sending = this.#appender.append(records, end.signal).then(
      (): Publication => 'acknowledged',
      (error: unknown): Publication => {
        this.#noteFailure(error);
        return 'failed';
      },
    );
    this.#pending.add(sending);
    void sending.then(() => {
      this.#pending.delete(sending);
      onSettled();
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Publication>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.#timeoutMs);
    });
    const outcome = await Promise.race([sending, late]);
    clearTimeout(timer);
    if (outcome === 'acknowledged') this.#failedAtMs = Number.NEGATIVE_INFINITY;
    if (outcome === 'late') {
      end.abort();
      this.#failedAtMs = this.#nowMs();
    }
    return outcome;
  }

  /**
   * Whether Kafka has failed to acknowledge within the last `ms`, and has not acknowledged since. It
   * passes by itself, so that traffic comes back and finds out.
   */
  hasFailedWithin(ms: number): boolean {
    return this.#nowMs() - this.#failedAtMs < ms;
  }

  /** Resolves when nothing is on its way any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  #noteFailure(error: unknown): void {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    this.#failedAtMs = this.#nowMs();
    const reason = error instanceof Error ? error.message : String(error);
    this.#logger.warn({ component: 'http intake', reason }, 'Events could not be published');
  }
}
