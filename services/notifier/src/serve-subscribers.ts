import type { EndpointService } from '@strata/pipeline';
import type { NotifierPorts } from './ports.ts';
import type { SubscriptionSource } from './subscription.ts';

/** Has the queue serve whoever is subscribed and active, now and after every change. */
export function serveSubscribers(
  { queue, logger }: Pick<NotifierPorts, 'queue' | 'logger'>,
  subscriptions: SubscriptionSource,
  changed: () => void,
): () => void {
  let before = new Set<string>();
  const serve = (): void => {
    const current = [...subscriptions.current().values()];
    const active = current.filter(({ standing }) => standing === 'active');
    queue.serve(
      new Map(
        active.map(({ id, concurrency, perSecond, deliver }): [string, EndpointService] => [
          id,
          { concurrency, perSecond, deliver },
        ]),
      ),
    );
    const now = new Set(current.map(({ id }) => id));
    for (const gone of before.difference(now)) {
      queue.drop(gone).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        logger.warn({ endpoint: gone, reason }, 'Deliveries of a removed subscription are left');
      });
    }
    before = now;
  };
  serve();
  return subscriptions.onChange(() => {
    serve();
    changed();
  });
}
