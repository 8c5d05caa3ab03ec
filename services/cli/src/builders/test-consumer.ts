import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import {
  InMemorySeenStore,
  type ReadWebhook,
  type TierChange,
  WebhookReader,
} from '@strata/client';

export const CONSUMER_SECRET = `whsec_${Buffer.alloc(32, 6).toString('base64')}`;

/** Wherein a consumer differs from a right one; each is a fault that was met in the wild or waits there. */
export interface ConsumerHabits {
  readonly read?: (headers: IncomingHttpHeaders, body: Buffer) => ReadWebhook;
  /** In the place of the rule of the client; answers whether the change takes effect. */
  readonly takes?: (
    change: TierChange,
    webhook: { id: string; isReplay: boolean },
    mark: number,
  ) => boolean;
  /** Held between looking at the mark and moving it, with nothing that keeps others out. */
  readonly betweenReadAndWrite?: (change: TierChange) => Promise<void>;
  readonly tierOf?: (change: TierChange) => string;
  readonly keyOf?: (customerId: string) => string;
  readonly answerTo?: (webhook: ReadWebhook) => number | null;
  readonly bodyBytesMax?: number;
  /** Answers first and works afterwards. */
  readonly isLate?: boolean;
  readonly hasEffects?: boolean;
}

export interface TestConsumer {
  readonly url: string;
  readonly stateTemplate: string;
  close(): Promise<void>;
}

/** What the consumer does with one webhook, and what it knows of its customers. */
class HabitualConsumer {
  readonly #habits: ConsumerHabits;
  readonly #reader = new WebhookReader({ secrets: [CONSUMER_SECRET] });
  readonly #seen = new InMemorySeenStore();
  readonly #marks = new Map<string, number>();
  readonly #customers = new Map<string, { tier: string; effects: number }>();

  constructor(habits: ConsumerHabits) {
    this.#habits = habits;
  }

  async answer(headers: IncomingHttpHeaders, body: Buffer): Promise<number> {
    const { answerTo, bodyBytesMax, isLate, read } = this.#habits;
    if (bodyBytesMax !== undefined && body.length > bodyBytesMax) return 413;
    const webhook = read?.(headers, body) ?? this.#reader.read(headers, body);
    const own = answerTo?.(webhook) ?? null;
    if (own !== null) return own;
    if (webhook.kind === 'refused') return webhook.status;
    if (isLate === true) setImmediate(() => void this.#take(webhook));
    else await this.#take(webhook);
    return 204;
  }

  /** Null for a customer who is not known. */
  stateText(customerId: string): string | null {
    const known = this.#customers.get(this.#keyOf(customerId));
    if (known === undefined) return null;
    return JSON.stringify(this.#habits.hasEffects === false ? { tier: known.tier } : known);
  }

  async #take(webhook: ReadWebhook): Promise<void> {
    if (webhook.kind !== 'tier-change') return;
    const { change } = webhook;
    const { takes, betweenReadAndWrite } = this.#habits;
    const key = this.#keyOf(change.customerId);
    if (takes === undefined && betweenReadAndWrite === undefined) {
      const { customerSeq } = change;
      await this.#seen.takeIfNewer({ customerId: key, customerSeq }, () => this.#act(change));
      return;
    }
    const mark = this.#marks.get(key) ?? 0;
    await betweenReadAndWrite?.(change);
    if (!(takes?.(change, webhook, mark) ?? change.customerSeq > mark)) return;
    this.#act(change);
    this.#marks.set(key, change.customerSeq);
  }

  #act(change: TierChange): void {
    const key = this.#keyOf(change.customerId);
    const effects = (this.#customers.get(key)?.effects ?? 0) + 1;
    this.#customers.set(key, { tier: this.#habits.tierOf?.(change) ?? change.toTier, effects });
  }

  #keyOf(customerId: string): string {
    return this.#habits.keyOf?.(customerId) ?? customerId;
  }
}

/** A consumer on loopback, right but for its habits. */
export async function startConsumer(habits: ConsumerHabits = {}): Promise<TestConsumer> {
  const consumer = new HabitualConsumer(habits);
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://localhost').pathname;
    const [, id] = /^\/tiers\/(.+)$/.exec(path) ?? [];
    if (id !== undefined) {
      const text = consumer.stateText(decodeURIComponent(id));
      response.writeHead(text === null ? 404 : 200, { 'content-type': 'application/json' });
      response.end(text);
      return;
    }
    buffer(request)
      .then((body) => consumer.answer(request.headers, body))
      .then(
        (status) => response.writeHead(status).end(),
        () => response.writeHead(500).end(),
      );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${base}/hook`,
    stateTemplate: `${base}/tiers/{customerId}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
