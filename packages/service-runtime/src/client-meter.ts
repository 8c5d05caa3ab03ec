import type { Metrics } from './metrics.ts';

/** What a service asks over a network. A closed list, because each is a label. */
export const CLIENTS = ['kafka', 'state-redis', 'queue-redis', 'registry'] as const;
export type ClientName = (typeof CLIENTS)[number];

/** How long calls take, how they fail, and how long nothing has answered. No label but names of the code. */
export function createClientMetrics(metrics: Metrics, silences: () => Iterable<[string, number]>) {
  metrics.gauge({
    name: 'strata_runtime_client_silence_seconds',
    help: 'Time since a call of the client was last answered well, by client; the service asks each every few seconds',
    labelNames: ['client'],
    collect() {
      for (const [client, seconds] of silences()) this.set({ client }, seconds);
    },
  });
  return {
    failures: metrics.counter({
      name: 'strata_runtime_client_failures_total',
      help: 'Calls that failed, by client, operation, code of the error, and first word of the reply where Redis itself refused',
      labelNames: ['client', 'operation', 'code', 'reply'],
    }),
    seconds: metrics.histogram({
      name: 'strata_runtime_client_seconds',
      help: 'Time of a call, well answered or not, by client and operation',
      labelNames: ['client', 'operation'],
      buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10],
    }),
  };
}

/** Asked every few seconds, what answers nothing for so long cannot be reached. */
const SILENT_SECONDS_MAX = 30;

const UNEXPECTED = 'STRATA_UNEXPECTED';
const NO_REPLY = 'none';

/**
 * Puts a meter before what a service asks over a network. A port with a meter is the port: calls, answers and errors
 * pass as they are. What costs the meter anything is a call, never a record.
 */
export class ClientMeter {
  readonly #nowMs: () => number;
  readonly #answeredAtMs = new Map<ClientName, number>();
  readonly #metrics: ReturnType<typeof createClientMetrics>;

  /** `nowMs` measures, from any start: a clock that is set back or forth makes nobody silent. */
  constructor(metrics: Metrics, nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
    this.#metrics = createClientMetrics(metrics, () => this.#silences());
  }

  metered<Port extends object>(client: ClientName, port: Port): Port {
    // From now on somebody means to ask it: one that never answers is silent since then.
    if (!this.#answeredAtMs.has(client)) this.#answeredAtMs.set(client, this.#nowMs());
    const calls = new Map<PropertyKey, unknown>();
    return new Proxy(port, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        const known = calls.get(name);
        if (known !== undefined) return known;
        const call = (...given: unknown[]): unknown => {
          // The port itself is `this`: its private parts are none of the proxy's.
          const startedMs = this.#nowMs();
          const answer: unknown = Reflect.apply(value, target, given);
          const operation = String(name);
          if (answer instanceof Promise)
            return this.#watched(answer, { client, operation, startedMs });
          return isIterable(answer) ? this.#walked(answer, { client, operation }) : answer;
        };
        calls.set(name, call);
        return call;
      },
    });
  }

  /** Why the service cannot do its work, in sentences: a service without traffic would not notice by itself. */
  reasons(): string[] {
    return [...this.#silences()]
      .filter(([, seconds]) => seconds > SILENT_SECONDS_MAX)
      .map(
        ([client, seconds]) => `No call to ${client} was answered for ${Math.floor(seconds)} s.`,
      );
  }

  async #watched<T>(
    answer: Promise<T>,
    { client, operation, startedMs }: { client: ClientName; operation: string; startedMs: number },
  ): Promise<T> {
    try {
      const value = await answer;
      this.#answeredAtMs.set(client, this.#nowMs());
      return value;
    } catch (error) {
      this.#failed(client, operation, error);
      throw error;
    } finally {
      this.#metrics.seconds.observe({ client, operation }, (this.#nowMs() - startedMs) / 1_000);
    }
  }

  /** What is read piece by piece has no time of its own: its reader decides how long it takes. */
  async *#walked(
    answer: AsyncIterable<unknown>,
    { client, operation }: { client: ClientName; operation: string },
  ): AsyncGenerator<unknown> {
    try {
      for await (const piece of answer) {
        this.#answeredAtMs.set(client, this.#nowMs());
        yield piece;
      }
    } catch (error) {
      this.#failed(client, operation, error);
      throw error;
    }
  }

  #failed(client: ClientName, operation: string, error: unknown): void {
    this.#metrics.failures.inc({ client, operation, code: codeOf(error), reply: replyOf(error) });
  }

  *#silences(): Generator<[string, number]> {
    const nowMs = this.#nowMs();
    for (const [client, atMs] of this.#answeredAtMs) yield [client, (nowMs - atMs) / 1_000];
  }
}

function isIterable(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;
}

/** Only ours: a foreign one may hold anything. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^STRATA_[A-Z_]+$/.test(code) ? code : UNEXPECTED;
}

function replyOf(error: unknown): string {
  if (!(error instanceof Error) || !('details' in error)) return NO_REPLY;
  const { reply } = error.details as { readonly reply?: unknown };
  return typeof reply === 'string' ? reply : NO_REPLY;
}
