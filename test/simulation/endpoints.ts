import { parseSubscriptions, type Subscription } from '@strata/notifier';
import type { DeliveryOutcome } from '@strata/pipeline';
import type { SimProcess, Surroundings } from './sim-process.ts';

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

/** What the endpoints have subscribed to. */
export const SUBSCRIPTIONS: readonly Subscription[] = parseSubscriptions(
  JSON.stringify([
    { id: 'all', url: 'http://127.0.0.1/all', secret: SECRET },
    {
      id: 'down',
      url: 'http://127.0.0.1/down',
      secret: SECRET,
      directions: ['down'],
      backfill: true,
    },
  ]),
  { place: 'the simulation', isHttpAllowed: true },
);

interface Request {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const TIMEOUT_MS = 1_000;

/** Receivers of webhooks. They may refuse, fail, or take a delivery and say nothing. */
export class Endpoints {
  readonly subscriptions = SUBSCRIPTIONS;
  /** By endpoint and event id what was taken, once each: the effect. */
  readonly taken = new Map<string, string>();
  readonly #world: Surroundings;

  constructor(world: Surroundings) {
    this.#world = world;
  }

  async post(process: SimProcess, request: Request): Promise<DeliveryOutcome> {
    const { chaos, scheduler, random, wayMs } = this.#world;
    if (process.isDead) return new Promise(() => {});
    const way = (ms: number, label: string, run: () => void): void =>
      void scheduler.plan(ms, `${process.name} ${label}`, run);
    return new Promise((resolve) => {
      const answer = (outcome: DeliveryOutcome): void =>
        way(random.below(wayMs + 1), 'post answer', () => process.wake(() => resolve(outcome)));
      if (chaos.strikes('post refused')) return answer({ kind: 'retry', reason: 'refused' });
      way(random.below(wayMs + 1), 'post', () => {
        if (chaos.strikes('post answered 500')) {
          return answer({ kind: 'retry', reason: 'status-500', afterMs: 20 });
        }
        this.#take(request);
        if (!chaos.strikes('reply to post lost')) return answer({ kind: 'delivered' });
        way(TIMEOUT_MS, 'post timeout', () =>
          process.wake(() => resolve({ kind: 'retry', reason: 'timeout' })),
        );
      });
    });
  }

  #take({ url, headers, body }: Request): void {
    const id = `${url.pathname.slice(1)} ${headers['webhook-id']}`;
    const before = this.taken.get(id);
    if (before === undefined) {
      this.taken.set(id, body);
      return;
    }
    this.#world.tally.add('delivered again');
    if (before !== body) this.#world.fail(`delivery ${id} came again with another body`);
  }
}
