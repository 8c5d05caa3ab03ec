import { setTimeout as delay } from 'node:timers/promises';
import { eventToIntakeJson } from '@strata/contracts';
import { aPurchase } from '@strata/domain/builders';
import autocannon from 'autocannon';

/** A request as its sender keeps it until it is accepted: a retry is the same bytes. */
interface Batch {
  readonly eventIds: readonly string[];
  readonly body: string;
}

export interface LoadFigures {
  readonly seconds: number;
  readonly requestsPerSecond: number;
  readonly eventsPerSecond: number;
  /** Of answers with 2xx. */
  readonly latencyMs: { readonly p50: number; readonly p99: number };
  readonly statuses: Readonly<Record<string, number>>;
  /** Requests without an answer: the connection broke, or it took too long. */
  readonly unanswered: number;
}

const CUSTOMERS = 500;
const TIMEOUT_SECONDS = 30;
const RETRY_MS = 200;

/** Senders that never give up: what was not accepted is sent again as it was, until it is. */
export class HttpLoad {
  readonly accepted = new Set<string>();
  readonly sent = new Set<string>();
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #eventsEach: number;
  readonly #clock: number;
  readonly #statuses = new Map<number, number>();
  readonly #again: Batch[] = [];
  readonly #open = new Set<Batch>();
  #made = 0;

  constructor(to: { url: string; token: string; eventsEach: number; clock: number }) {
    this.#url = `${to.url}/v1/events`;
    this.#headers = {
      authorization: `Bearer ${to.token}`,
      'content-type': 'application/x-ndjson',
    };
    this.#eventsEach = to.eventsEach;
    this.#clock = to.clock;
  }

  countOf(status: number): number {
    return this.#statuses.get(status) ?? 0;
  }

  /** Sends from so many connections until the work beside it is done. */
  async during(connections: number, work: () => Promise<void>): Promise<LoadFigures> {
    const startedMs = performance.now();
    const acceptedBefore = this.accepted.size;
    const running = autocannon({
      url: this.#url,
      method: 'POST',
      connections,
      duration: 86_400,
      timeout: TIMEOUT_SECONDS,
      excludeErrorStats: true,
      headers: { ...this.#headers },
      requests: [
        {
          setupRequest: (request, context) => {
            const batch = this.#next();
            (context as { batch?: Batch }).batch = batch;
            return { ...request, body: batch.body };
          },
          onResponse: (status, _body, context) => {
            this.#answered((context as { batch: Batch }).batch, status);
          },
        },
      ],
    });
    try {
      await work();
    } finally {
      (running as unknown as { stop(): void }).stop();
    }
    const { latency } = await running;
    const seconds = (performance.now() - startedMs) / 1_000;
    const requests = [...this.#statuses.values()].reduce((sum, count) => sum + count, 0);
    return {
      seconds,
      requestsPerSecond: requests / seconds,
      eventsPerSecond: (this.accepted.size - acceptedBefore) / seconds,
      latencyMs: { p50: latency.p50, p99: latency.p99 },
      statuses: Object.fromEntries(this.#statuses),
      unanswered: this.#open.size,
    };
  }

  /** What is left, one after the other: answered with a no, or not at all. */
  async finish(): Promise<void> {
    for (const batch of [...this.#again.splice(0), ...this.#open]) {
      for (let status = 0; status !== 200; ) {
        status = await this.#post(batch);
        if (status !== 200) await delay(RETRY_MS);
      }
      this.#answered(batch, 200);
    }
  }

  async #post({ body }: Batch): Promise<number> {
    try {
      const answer = await fetch(this.#url, { method: 'POST', body, headers: this.#headers });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return 0;
    }
  }

  #next(): Batch {
    const batch = this.#again.shift() ?? this.#make();
    this.#open.add(batch);
    return batch;
  }

  #answered(batch: Batch, status: number): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    this.#open.delete(batch);
    if (status !== 200) this.#again.push(batch);
    else for (const eventId of batch.eventIds) this.accepted.add(eventId);
  }

  #make(): Batch {
    const events = Array.from({ length: this.#eventsEach }, () => {
      const number = this.#made++;
      const eventId = `http-${number}`;
      const customerId = `customer ${number % CUSTOMERS}`;
      return aPurchase(this.#clock, { eventId, orderId: eventId, customerId });
    });
    for (const { eventId } of events) this.sent.add(eventId);
    const body = events.map((event) => JSON.stringify(eventToIntakeJson(event))).join('\n');
    return { eventIds: events.map(({ eventId }) => eventId), body };
  }
}
